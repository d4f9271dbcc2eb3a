/** What a board says above its tiles: that it stands still, that a rollup was refused, that a task stopped. */
import { h } from "./dom.js";
import { day, local } from "./format.js";
import { shapeOf } from "./shapes.js";

export class Notices {
  constructor(ctx) {
    this.ctx = ctx;
    this.element = h("div", { class: "notices" });
  }

  /** `surges`: of a board of cases, what tells of its hours. */
  update(state, freshness, surges = () => []) {
    const { t } = this.ctx;
    const notices = [];
    const stopped = freshness.state === "lost" || freshness.state === "trouble";
    if (stopped) {
      const at = local(state.at, state.meta.zone);
      notices.push(notice("late", t(freshness.state), t("lostLong", { time: `${at.time} ${at.date}` })));
    }
    if (state.refused) {
      const { covers_from: from, covers_to: to, checks, reason } = state.refused;
      const found = checks.map(({ check, observed }) => t("found", { check, observed })).join("; ") || reason;
      notices.push(notice("late", t("refused"), `${t("refusedSay", { from: day(from), to: day(to) })} ${found}`));
    }
    for (const { dag, task, what, at } of state.alerts ?? []) {
      const since = local(at, state.meta.zone);
      notices.push(notice("late", t("alert"), t("alertSay", { dag, task, what, time: `${since.time} ${since.date}` })));
    }
    for (const { text, href } of stopped ? [] : surges(state, this.ctx)) notices.push(notice("soon", t("surge"), text, href));
    const drawn = notices.map((element) => element.textContent).join("\n");
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.element.replaceChildren(...notices);
  }
}

const notice = (tone, word, text, href) =>
  h("p", { class: "notice", role: "alert", "data-tone": tone }, h("strong", null, `${shapeOf(tone)} ${word}`), h(href ? "a" : "span", { href }, text));
