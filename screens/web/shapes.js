/** Each status has a colour, a shape and a word; colour never stands alone. */
import { h } from "./dom.js";

const SHAPES = { early: "▲", on_due_date: "●", late: "■", soon: "◆", paused: "‖", silent: "○", plain: "●" };
const TONE_OF_PHASE = {
  "before-reception": "silent",
  open: "plain",
  paused: "paused",
  resolved: "early",
  delivered: "early",
  refused: "silent",
  withdrawn: "silent",
  note: "plain",
};

export const shapeOf = (tone) => SHAPES[tone] ?? "●";
export const toneOfPhase = (phase) => TONE_OF_PHASE[phase] ?? "plain";
export const toneOfOutcome = (outcome) => (outcome === "no_due_date" ? "plain" : outcome);

/** A shape for eyes only; the word stands beside it. */
export const shape = (tone) => h("span", { class: "shape", "data-tone": tone, "aria-hidden": "true" }, shapeOf(tone));

export const badge = (tone, word) => h("span", { class: "badge", "data-tone": tone }, shape(tone), word);

/** The canonical status as a badge in words. */
export function statusBadge(meta, code, lang) {
  const status = meta.statuses[code];
  return badge(toneOfPhase(status?.phase), status ? status[lang] : (code ?? "–"));
}

/** Against the due date, also while still open: late once the day of the due date is over. */
export function outcomeBadge(row, today, t) {
  if (row.outcome) return badge(toneOfOutcome(row.outcome), t(row.outcome));
  if (!row.due_on || row.set_aside) return null;
  if (row.due_on < today) return badge("late", t("late"));
  return row.due_on === today ? badge("soon", t("soon")) : null;
}
