"""A case's clocks in words, Vietnamese and English: each interval, the due dates, both outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import polars as pl

from ioc.kernel.fold import intervals
from ioc.kernel.rules import CaseRules
from schemas import Feed

Lang = Literal["vi", "en"]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Two = tuple[str, str]  # vi, en

REASONS: dict[str, Two] = {
    "supplement": ("chờ công dân bổ sung", "waits for a supplement by the citizen"),
    "fee": ("chờ công dân nộp phí, thuế", "waits for the citizen's payment"),
    "stop": ("dừng xử lý", "stopped by the officer"),
}
POLICIES: dict[str, Two] = {
    "resume": ("không tính vào thời hạn", "not counted"),
    "restart": ("thời hạn tính lại từ đầu khi kết thúc", "the limit begins anew when it ends"),
    "none": ("vẫn tính vào thời hạn", "counted: this pause does not stop the clock"),
}
UNITS: dict[str, Two] = {
    "working_days": ("{n} ngày làm việc", "{n} working days"),
    "days": ("{n} ngày", "{n} calendar days"),
    "months": ("{n} tháng", "{n} months"),
    "working_hours": ("{n} giờ làm việc", "{n} working hours"),
    "same_day": ("trong ngày", "the same day"),
}
CHECKS: dict[str, Two] = {
    "same": ("trùng với hạn trên giấy hẹn", "the same day as the printed one"),
    "no-source-due": ("nguồn không gửi hạn trả", "the source gave no due date"),
    "no-limit": ("không rõ thời hạn hoặc đơn vị của thủ tục, nên không tính lại",
                 "limit or unit of the procedure is not known, so nothing is recomputed"),
    "pause-not-in-due": ("khác vì nguồn không cộng lúc tạm dừng", "differs: the source left pauses out"),
    "later-calendar": ("khác vì nguồn tính theo lịch công bố sau", "differs: counted by a later calendar"),
    "longer": ("nguồn cho hạn dài hơn", "the source allows longer"),
    "shorter": ("nguồn cho hạn ngắn hơn", "the source allows less"),
}  # fmt: skip
CAUSES: dict[str, Two] = {
    "sync-lag": ("đồng bộ chậm: xong trước hạn, báo sau hạn", "synchronisation: done in time, told after"),
    "pause-not-transmitted": (
        "công dân chậm hoặc tạm dừng không được gửi",
        "the citizen's pause was not transmitted",
    ),
    "configuration": ("cấu hình thời hạn sai", "a wrong limit in the source"),
    "agency": ("đơn vị giải quyết", "the agency"),
}
BY_766: dict[str, Two] = {"on_time": ("đúng hạn", "on time"), "late": ("quá hạn", "late")}


class ClockStory:
    """The sentences of one case: `row` as in `cases`; `at`: when it is looked at."""

    def __init__(
        self, feed: Feed, rules: CaseRules, row: Mapping[str, Any], at: datetime, lang: Lang
    ) -> None:
        self._feed, self._rules, self._row, self._at = feed, rules, row, at
        self._i = ("vi", "en").index(lang)
        self._zone = ZoneInfo(feed.zone)

    def sentences(self, events: pl.DataFrame, limit: tuple[int | None, str | None]) -> list[str]:
        """`limit`: number and unit of the procedure's version."""
        if self._rules.clocks is None:
            return []
        spans = intervals(events, self._rules)
        told = [self._span(span) for span in spans.iter_rows(named=True)]
        return [*self._reception(), *told, *self._sum(), *self._due(limit, spans), *self._outcome()]

    def say(self, vi: str, en: str) -> str:
        return (vi, en)[self._i]

    def two(self, words: Mapping[str, Two], key: str) -> str:
        return words[key][self._i] if key in words else key

    def when(self, at: datetime) -> str:
        local = at.astimezone(self._zone)
        return f"{local:%H:%M %d/%m/%Y}" if self._i == 0 else f"{local:%Y-%m-%d %H:%M}"

    def hours(self, microseconds: int) -> str:
        text = f"{microseconds / 3_600_000_000:.2f}".rstrip("0").rstrip(".")
        return self.say(f"{text.replace('.', ',')} giờ làm việc", f"{text} working hours")

    def _reception(self) -> list[str]:
        due, entered = self._row["reception_due_at"], self._row["entered_at"]
        if due is None:
            return []
        until = self.say(f"Phải tiếp nhận trước {self.when(due)}", f"Reception was owed by {self.when(due)}")
        if entered is None:
            late = self._at > due
            state = self.say(
                "đang chờ, đã trễ" if late else "đang chờ", "still waiting, late" if late else "still waiting"
            )
        else:
            late = entered > due
            state = self.say(
                "tiếp nhận chậm" if late else "tiếp nhận đúng hạn",
                "received late" if late else "received in time",
            )
        return [f"{until}: {state}."]

    def _span(self, span: Mapping[str, Any]) -> str:
        status = self._feed.lifecycle.statuses.get(span["status"])
        label = (status.label.vi, status.label.en)[self._i] if status else span["status"]
        begin = self.when(_EPOCH + timedelta(microseconds=span["at"]))
        if span["phase"] not in ("open", "paused"):
            return f"{begin}  {label}."
        until = span["until"]
        end = (
            self.when(_EPOCH + timedelta(microseconds=until)) if until is not None else self.say("nay", "now")
        )
        worked = self.hours(span["work"]) if span["work"] is not None else ""
        if span["phase"] == "open":
            how = self.say("tính vào thời hạn", "counted")
        else:
            how = f"{self.two(REASONS, span['reason'])}, {self.two(POLICIES, span['policy'])}"
        return f"{begin} – {end}  {label}: {', '.join(part for part in (worked, how) if part)}."

    def _sum(self) -> list[str]:
        row = self._row
        if row["worked_seconds"] is None:
            return []
        worked, paused = (
            self.hours(row["worked_seconds"] * 1_000_000),
            self.hours(row["paused_seconds"] * 1_000_000),
        )
        return [self.say(f"Đã dùng {worked}, tạm dừng {paused}.", f"Used {worked}, paused {paused}.")]

    def _due(self, limit: tuple[int | None, str | None], spans: pl.DataFrame) -> list[str]:
        row, clocks = self._row, self._rules.clocks
        check = row["due_check"]
        if check is None or clocks is None:
            return []
        many, unit = limit
        rule = self.two(UNITS, unit).format(n=many) if unit else self.say("không rõ", "not known")
        key = int(spans["key"][0]) if spans.height else 0
        version = clocks.worktime.versions[key % len(clocks.worktime.versions)]
        by = self.say(
            f"phiên bản thủ tục {row['procedure_version']}, thời hạn {rule}, lịch làm việc bản {version}",
            f"procedure version {row['procedure_version']}, limit {rule}, working calendar {version}",
        )
        ours = row["due_by_us_at"]
        told = self.two(CHECKS, check)
        if ours is None:
            return [f"{self.say('Hạn tính lại', 'Due by us')}: {told} ({by})."]
        return [f"{self.say('Hạn tính lại', 'Due by us')} {self.when(ours)}: {told} ({by})."]

    def _outcome(self) -> list[str]:
        row, told = self._row, list[str]()
        if row["outcome_766"] is not None:
            said = self.two(BY_766, row["outcome_766"])
            told.append(self.say(f"Theo chỉ số 766: {said}.", f"By index 766: {said}."))
        if row["overdue_cause"] is not None and (
            row["outcome"] == "late" or row["overdue_cause"] == "sync-lag"
        ):
            cause = self.two(CAUSES, row["overdue_cause"])
            told.append(self.say(f"Nguyên nhân có thể: {cause}.", f"Likely cause: {cause}."))
        if row["apology_at"] is not None:
            when = self.when(row["apology_at"])
            late = row["apology"] == "late"
            told.append(self.say(f"Thư xin lỗi {when}, {'chậm' if late else 'đúng hạn'}.",
                                 f"Apology letter {when}, {'late' if late else 'in time'}."))  # fmt: skip
        return told
