"""Observations entered by people: a sheet to fill in, its check cell by cell, and the events it comes to."""

from ioc.entry.check import CellFinding, Checked, Entry, checked
from ioc.entry.columns import ENTERED_BY, manual_feed
from ioc.entry.events import Told, person, told
from ioc.entry.send import Answer, post
from ioc.entry.sheet import MOST_BYTES, sheet_of
from ioc.entry.template import to_template

__all__ = [
    "ENTERED_BY",
    "MOST_BYTES",
    "Answer",
    "CellFinding",
    "Checked",
    "Entry",
    "Told",
    "checked",
    "manual_feed",
    "person",
    "post",
    "sheet_of",
    "to_template",
    "told",
]
