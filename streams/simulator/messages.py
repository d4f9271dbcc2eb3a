"""The national portal's sync messages as JSON: dossiers and progress (`tienTrinh`), made persons."""

from __future__ import annotations

import orjson
import polars as pl

from streams.simulator import online
from streams.simulator.events import DOSSIER_SLOT, MISSING_FIELD, UNKNOWN_STATUS
from streams.simulator.plan import Plan

NO_SUCH_WORD = "99"
HANDLERS_PER_AGENCY = 12


def messages(plan: Plan, sends: pl.DataFrame) -> pl.Series:
    """One JSON text per row of `sends`, in its order."""
    rows = sends.with_row_index("row")
    is_dossier = pl.col("slot") <= DOSSIER_SLOT
    dossiers = _dossiers(plan, rows.filter(is_dossier))
    progress = _progress(plan, rows.filter(~is_dossier))
    return pl.concat([dossiers, progress]).sort("row")["message"]


def time_text(column: str) -> pl.Expr:
    """Local seconds as the portal writes them, `yyyyMMddHHmmss`."""
    return (pl.col(column) * 1_000_000).cast(pl.Datetime("us")).dt.strftime("%Y%m%d%H%M%S")


def _fields(*pairs: tuple[str, pl.Expr]) -> list[pl.Expr]:
    """JSON members `"name":"value"`, for values that need no escaping."""
    return [part for name, value in pairs for part in (pl.lit(f',"{name}":"'), value, pl.lit('"'))]


def _gathered(plan: Plan, rows: pl.DataFrame, *columns: str) -> pl.DataFrame:
    cases = plan.cases.select(*columns)[rows["case"]]
    return rows.hstack(cases.get_columns())


def _code() -> pl.Expr:
    """The first member; a spoilt message lacks it."""
    told = pl.concat_str(pl.lit('{"MaHoSo":"'), "code", pl.lit('"'))
    return pl.when(pl.col("spoilt") == MISSING_FIELD).then(pl.lit('{"GhiChu":""')).otherwise(told)


def _spoilt(word: pl.Expr) -> pl.Expr:
    return pl.when(pl.col("spoilt") == UNKNOWN_STATUS).then(pl.lit(NO_SUCH_WORD)).otherwise(word)


def _dossiers(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    known = plan.known
    procedures = pl.Series([_procedure(row.code, row.name) for row in known.procedures], dtype=pl.String)
    full = _gathered(plan, rows, "code", "number", "channel", "agency", "procedure", "submitted", "received")
    received = pl.col("slot") == DOSSIER_SLOT
    handed_in = pl.when(received).then(pl.coalesce("submitted", "received")).otherwise("at")
    full = full.with_columns(
        agency_code=known.codes.gather(known.on(full["agency"], full["at"])),
        procedure_text=procedures.gather(full["procedure"]),
        person=pl.col("number").cast(pl.String).str.zfill(9),
        handed_in=handed_in,
    )
    times = pl.when(received).then(
        pl.concat_str(*_fields(("NgayTiepNhan", time_text("at")), ("NgayHenTra", time_text("due"))))
    )
    text = pl.concat_str(
        _code(),
        "procedure_text",
        *_fields(
            ("KenhThucHien", _spoilt(pl.col("channel"))),
            ("ChuHoSo", pl.concat_str(pl.lit("Công dân Mô Phỏng "), "person")),
            ("SoGiayToChuHoSo", pl.concat_str(pl.lit("000"), "person")),
            ("LoaiDoiTuong", pl.lit("1")),
            ("SoDienThoai", pl.concat_str(pl.lit("0"), "person")),
            ("Email", pl.concat_str(pl.lit("nguoi."), "person", pl.lit("@mo-phong.invalid"))),
            ("NgayNopHoSo", time_text("handed_in")),
            ("TrangThaiHoSo", pl.col("status")),
            ("DonViXuLy", pl.col("agency_code")),
            ("NoiNopHoSo", pl.lit("1")),
            *online.told(),
        ),
        times.otherwise(pl.lit("")),
        pl.lit(',"DinhDanhCHS":{"LoaiDinhDanh":"1","SoDinhDanh":"000'),
        "person",
        pl.lit('"}}'),
    )
    return full.select("row", text.alias("message"))


def _procedure(code: str, name: str) -> str:
    members = orjson.dumps({"MaTTHC": code, "TenTTHC": name}).decode()
    return "," + members[1:-1]


def handler(agency: pl.Expr, case: pl.Expr) -> pl.Expr:
    """The made officer of a case: some for each agency."""
    return pl.concat_str(
        pl.lit("Cán bộ Mô Phỏng "),
        (agency * HANDLERS_PER_AGENCY + case % HANDLERS_PER_AGENCY).cast(pl.String).str.zfill(4),
    )


def section() -> pl.Expr:
    """The section that worked on it, by the step."""
    return (
        pl.when(pl.col("slot") <= DOSSIER_SLOT + 1)
        .then(pl.lit("Bộ phận Một cửa"))
        .otherwise(pl.lit("Phòng chuyên môn"))
    )


def _progress(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    full = _gathered(plan, rows, "code", "number", "agency")
    full = full.with_columns(agency=plan.known.on(full["agency"], full["at"]))  # who took over tells
    due = pl.when(pl.col("due").is_not_null()).then(
        pl.concat_str(*_fields(("NgayKetThucTheoQuyDinh", time_text("due"))), ignore_nulls=True)
    )
    text = pl.concat_str(
        _code(),
        *_fields(
            ("NguoiXuLy", handler(pl.col("agency"), pl.col("number"))),
            ("ChucDanh", pl.lit("Chuyên viên")),
            ("ThoiDiemXuLy", time_text("at")),
            ("PhongBanXuLy", section()),
            ("NoiDungXuLy", pl.lit("Mô phỏng")),
            ("TrangThai", _spoilt(pl.col("status"))),
            ("NgayBatDau", time_text("at")),
        ),
        due.otherwise(pl.lit("")),
        pl.lit("}"),
    )
    return full.select("row", text.alias("message"))
