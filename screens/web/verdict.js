/** How a case stands against its due date, in a sentence written from its own dates. */
import { reason } from "./reasons.js";
import { day, daysBetween, local, number } from "./format.js";

const SAY = {
  setAside: ["Hồ sơ để riêng, không tính vào số nào: {reason}.", "Set aside, in no figure: {reason}."],
  notEntered: ["Chưa được tiếp nhận, nên chưa tính hạn và không có trong số nào.", "Not received, so it has no deadline and is in no figure."],
  withdrawn: ["Công dân rút ngày {on}; tính là giải quyết đúng hạn, trong mục “rút”.", "Withdrawn on {on}; counts as resolved on time, under “withdrawn”."],
  noDue: ["Giải quyết ngày {on}; không có ngày hẹn trả nên không thể quá hạn.", "Resolved on {on}; no due date, so it cannot be late."],
  openNoDue: ["Đang giải quyết; không có ngày hẹn trả.", "In process; no due date."],
  early: ["Giải quyết ngày {on}, hẹn trả {due}: trước hạn {days}.", "Resolved on {on}, due {due}: {days} early."],
  on_due_date: ["Giải quyết ngày {on}, đúng ngày hẹn trả {due}: đúng hạn.", "Resolved on {on}, the due date {due}: on time."],
  late: ["Giải quyết ngày {on}, hẹn trả {due}: quá hạn {days}.", "Resolved on {on}, due {due}: {days} late."],
  lateHours: ["Giải quyết {at}, hẹn trả {dueAt}: quá giờ hẹn trong ngày.", "Resolved {at}, due {dueAt}: past the hour of the due date."],
  openLate: ["Đang giải quyết; hẹn trả {due}: đã quá hạn {days}.", "In process; due {due}: {days} overdue."],
  openSoon: ["Đang giải quyết; hẹn trả hôm nay, {due}.", "In process; due today, {due}."],
  open: ["Đang giải quyết; hẹn trả {due}, còn {days}.", "In process; due {due}, {days} left."],
};
const COMPARED = {
  date: ["So theo ngày, giờ {zone}.", "Compared by date in {zone}."],
  instant: ["So theo thời điểm, giờ {zone}.", "Compared by instant in {zone}."],
};

/** { tone, text, how } of a case row at a local date. */
export function verdict(row, today, meta, lang) {
  const fill = (words, values) => words[lang === "en" ? 1 : 0].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const [tone, key] = judged(row, today);
  const until = row.resolved_on ?? today;
  const at = (instant) => (instant ? `${local(instant, meta.zone).minutes} ${local(instant, meta.zone).date}` : "");
  const values = {
    reason: reason(row.set_aside, lang),
    on: row.resolved_on && day(row.resolved_on),
    due: row.due_on && day(row.due_on),
    days: row.due_on && inDays(Math.abs(daysBetween(row.due_on, until)), lang),
    at: at(row.resolved_at),
    dueAt: at(row.due_at),
  };
  return { tone, text: fill(SAY[key], values), how: row.due_on ? fill(COMPARED[meta.compare], { zone: meta.zone }) : "" };
}

function inDays(n, lang) {
  if (lang === "en") return n === 1 ? "1 day" : `${number(n, lang)} days`;
  return `${number(n, lang)} ngày`;
}

function judged(row, today) {
  if (row.set_aside) return ["soon", "setAside"];
  if (!row.entered_at) return ["silent", "notEntered"];
  if (row.withdrawn) return ["on_due_date", "withdrawn"];
  if (row.outcome === "no_due_date") return ["plain", "noDue"];
  if (row.outcome === "late" && row.due_on === row.resolved_on) return ["late", "lateHours"];
  if (row.outcome) return [row.outcome, row.outcome];
  if (!row.due_on) return ["plain", "openNoDue"];
  if (row.due_on < today) return ["late", "openLate"];
  return row.due_on === today ? ["soon", "openSoon"] : ["on_due_date", "open"];
}
