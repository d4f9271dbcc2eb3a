"""Outlines of the province's communes, for maps: GeoJSON in WGS 84, one feature per unit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from schemas.findings import Finding, of_validation
from schemas.promise import Label, Promise, Text
from schemas.yaml_file import line_in

Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Ring = Annotated[tuple[tuple[Lon, Lat], ...], Field(min_length=4)]
Corner = tuple[Decimal, Decimal]  # south-west or north-east: latitude, longitude


class Polygon(Promise):
    """Outer ring and holes."""

    type: Literal["Polygon"]
    coordinates: tuple[Ring, ...]


class MultiPolygon(Promise):
    """Several of them."""

    type: Literal["MultiPolygon"]
    coordinates: tuple[tuple[Ring, ...], ...]


class Outline(Promise):
    """One unit: its code, its name and its borders."""

    type: Literal["Feature"]
    id: Text
    properties: Label
    geometry: Annotated[Polygon | MultiPolygon, Field(discriminator="type")]

    def rings(self) -> Iterator[Ring]:
        if isinstance(self.geometry, Polygon):
            yield from self.geometry.coordinates
        else:
            for polygon in self.geometry.coordinates:
                yield from polygon


class Outlines(Promise):
    """The file."""

    type: Literal["FeatureCollection"]
    features: Annotated[tuple[Outline, ...], Field(min_length=1)]

    def corners(self) -> tuple[Corner, Corner]:
        """South-west and north-east of everything."""
        points = [point for one in self.features for ring in one.rings() for point in ring]
        lons, lats = ([Decimal(str(value)) for value in axis] for axis in zip(*points, strict=True))
        return (min(lats), min(lons)), (max(lats), max(lons))


def read_outlines(path: Path, shown: str, found: list[Finding]) -> Outlines | None:
    """The file, or None with what is wrong in `found`."""
    try:
        return Outlines.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as exc:
        found += of_validation(shown, exc, partial(line_in, path), Outline.model_fields)
    except ValueError as exc:
        line_no = exc.lineno if isinstance(exc, json.JSONDecodeError) else 0
        found.append(Finding(shown, line_no, "(the file)", str(exc), "write it as GeoJSON, UTF-8"))
    return None
