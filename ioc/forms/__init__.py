"""Official forms: figures into cells, gates over the cells, and the form as XLSX, JSON and CSV."""

from ioc.forms.exported import to_csv, to_json
from ioc.forms.fill import filled, input_schema, table, taken
from ioc.forms.filled import PROVISIONAL, Despite, Filled, Heading, Row, Signature, Standing
from ioc.forms.gates import Mismatch, check
from ioc.forms.issue import Issued, NotIssued, issued
from ioc.forms.xlsx import to_xlsx

__all__ = [
    "PROVISIONAL",
    "Despite",
    "Filled",
    "Heading",
    "Issued",
    "Mismatch",
    "NotIssued",
    "Row",
    "Signature",
    "Standing",
    "check",
    "filled",
    "input_schema",
    "issued",
    "table",
    "taken",
    "to_csv",
    "to_json",
    "to_xlsx",
]
