"""A workbook without the moment it was written: the same form gives the same bytes and the same checksum."""

from __future__ import annotations

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_MOMENT = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


def packed(workbook: bytes) -> bytes:
    """The workbook's files at zip's own beginning of time, without the days it was created and modified."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(workbook)) as given, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for entry in given.infolist():
            content = given.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _MOMENT.sub(b"", content)
            info = ZipInfo(entry.filename)
            info.compress_type = ZIP_DEFLATED
            made.writestr(info, content)
    return out.getvalue()
