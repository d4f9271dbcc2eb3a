"""The same events as the archive would hold them: canonical columns in a Delta table, by month."""

from __future__ import annotations

from collections.abc import Iterator

import deltalake
import polars as pl

from ioc.event import hash16
from schemas import Registry
from streams.simulator.events import DOSSIER_SLOT, WELL
from streams.simulator.made_hex import hex_text
from streams.simulator.messages import section, time_text
from streams.simulator.online import DIGITISED, LEVELS, PAYMENTS, by_last_digit
from streams.simulator.plan import Plan

BOOLEANS = {"1": "true", "0": "false"}
NOT_TOLD = {"batch": pl.String, "seq": pl.Int64, "raw": pl.String}
DATA_TIME = "%Y-%m-%dT%H:%M:%S.000000Z"


def write_log(plan: Plan, sends: pl.DataFrame, registry: Registry, uri: str, buckets: int) -> int:
    """Appends the well-formed `sends` to the Delta table at `uri`, which exists; returns the rows written."""
    rows = 0
    for month in log_months(plan, sends, registry, buckets):
        deltalake.write_deltalake(uri, month, mode="append")
        rows += len(month)
    return rows


def log_months(plan: Plan, sends: pl.DataFrame, registry: Registry, buckets: int) -> Iterator[pl.DataFrame]:
    """Frames of canonical rows, one per month of receipt, with the offsets of the feed's topic."""
    spread = pl.Series([hash16(code) for code in plan.cases["code"]], dtype=pl.Int32)
    partitions = registry.feed(plan.simulation.feed).topic.partitions
    sent = (pl.col("sent") * 1_000_000).cast(pl.Datetime("us"))
    good = sends.filter(pl.col("spoilt") == WELL).with_columns(
        hash16=spread.gather(sends.filter(pl.col("spoilt") == WELL)["case"]),
        archived=sent.dt.strftime("%Y-%m"),
    )
    good = good.with_columns(partition=(pl.col("hash16") % partitions).cast(pl.Int32))
    good = good.with_columns(offset=pl.int_range(pl.len(), dtype=pl.Int64).over("partition"))
    for month in good.partition_by("archived", maintain_order=True):
        yield canonical(plan, month, registry, buckets)


def _utc(column: str, zone: str) -> pl.Expr:
    local = (pl.col(column) * 1_000_000).cast(pl.Datetime("us"))
    return local.dt.replace_time_zone(zone, ambiguous="earliest").dt.convert_time_zone("UTC")


def canonical(plan: Plan, sends: pl.DataFrame, registry: Registry, buckets: int) -> pl.DataFrame:
    """Rows of the event log for rows of `sends` that have hash16, partition, offset and archived."""
    simulation = plan.simulation
    feed = registry.feed(simulation.feed)
    event = next(iter(feed.events))
    said = _said(plan, sends, registry)
    return said.select(
        "case_id",
        pl.lit(registry.sources[simulation.source].system).alias("source"),
        _id().alias("id"),
        "hash",
        _utc("at", simulation.zone).alias("occurred_at"),
        _utc("sent", simulation.zone).alias("received_at"),
        *("status", "due_at", "agency", "receiving_agency", "channel", "procedure"),
        pl.lit(feed.feed).alias("topic"),
        *("partition", "offset"),
        pl.lit(f"{feed.feed}.{event}").alias("type"),
        pl.col("case_id").alias("subject"),
        pl.lit(feed.dataschema(event)).alias("dataschema"),
        _data().alias("data"),
        "hash16",
        *(pl.lit(None, dtype=kind).alias(name) for name, kind in NOT_TOLD.items()),
        "archived",
        (pl.col("hash16") // (65_536 // buckets)).cast(pl.Int32).alias("bucket"),
    )


def _said(plan: Plan, sends: pl.DataFrame, registry: Registry) -> pl.DataFrame:
    """`sends` with what each event says: codes in the feed's words, agency and procedure where told."""
    words_of = registry.sources[plan.simulation.source].words_of
    cases = plan.cases.select("code", "number", "channel", "agency", "receiving", "procedure")[sends["case"]]
    agencies = plan.known.codes
    procedures = pl.Series([row.code for row in plan.known.procedures], dtype=pl.String)
    dossier, received = pl.col("slot") <= DOSSIER_SLOT, pl.col("slot") == DOSSIER_SLOT
    identity = (sends["case"].cast(pl.Int64) * 16 + sends["slot"]).to_numpy()
    channels = pl.col("channel").replace_strict(words_of("channel"), return_dtype=pl.String)
    return sends.hstack(cases.select("code", "number", "channel").get_columns()).select(
        *("slot", "at", "due", "sent", "hash16", "partition", "offset", "archived"),
        pl.col("code").alias("case_id"),
        hash=hex_text(identity, 1, 32),
        applicant=hex_text(cases["number"].to_numpy(), 3, 24),
        wire=pl.col("status"),
        wire_channel=pl.col("channel"),
        status=pl.col("status").replace_strict(words_of("status"), return_dtype=pl.String),
        due_at=_utc("due", plan.simulation.zone),
        agency=pl.when(received).then(agencies.gather(plan.known.on(cases["agency"], sends["at"]))),
        receiving_agency=pl.when(pl.col("slot") > 0).then(agencies.gather(cases["receiving"])),
        channel=pl.when(dossier).then(channels),
        procedure=pl.when(dossier).then(procedures.gather(cases["procedure"])),
        service_level=pl.when(received).then(by_last_digit(LEVELS).replace_strict(words_of("service_level"))),
        payment=pl.when(received).then(by_last_digit(PAYMENTS).replace_strict(words_of("payment"))),
        digitised=pl.when(received).then(by_last_digit(DIGITISED).replace_strict(BOOLEANS)),
    )


def _id() -> pl.Expr:
    """The mapping's ids; a test holds the two to each other."""
    told = (time_text("at"), time_text("due"), "agency", "wire_channel", "procedure")
    received = pl.concat_str(pl.lit("2"), *told, separator="/")
    submitted = pl.concat_str(pl.lit("1/"), time_text("at"))
    step = pl.concat_str(time_text("at"), pl.lit("/"), "wire")
    first = pl.when(pl.col("slot") == DOSSIER_SLOT).then(received)
    return first.when(pl.col("slot") == 0).then(submitted).otherwise(step)


def _member(name: str, value: pl.Expr) -> pl.Expr:
    """`,"name":"value"`, or nothing where the value is null."""
    return pl.concat_str(pl.lit(f',"{name}":"'), value, pl.lit('"')).fill_null("")


def _data() -> pl.Expr:
    dossier = pl.col("slot") <= DOSSIER_SLOT
    applicant = pl.when(pl.col("slot") == DOSSIER_SLOT).then(pl.concat_str(pl.lit("tok_"), "applicant"))
    officer = pl.concat_str(pl.lit("tok_"), pl.col("applicant").str.reverse())
    return pl.concat_str(
        pl.lit('{"status":"'),
        "status",
        pl.lit('"'),
        _member("due_at", pl.col("due_at").dt.strftime(DATA_TIME)),
        _member("agency", pl.col("agency")),
        _member("receiving_agency", pl.col("receiving_agency")),
        _member("channel", pl.col("channel")),
        _member("procedure", pl.col("procedure")),
        _member("applicant", applicant),
        _member("section", pl.when(~dossier).then(section())),
        _member("handler", pl.when(~dossier).then(officer)),
        _member("service_level", pl.col("service_level")),
        _member("payment", pl.col("payment")),
        pl.concat_str(pl.lit(',"digitised":'), "digitised").fill_null(""),
        pl.lit("}"),
    )
