/** Published days as a chart, with the table it is drawn from behind it. */
import { h, mark, say } from "./dom.js";
import { options, shown } from "./chart.js";
import { day, local, number } from "./format.js";
import { api, fetched, go, here, read } from "./route.js";

const RANGES = [30, 90, 366];
const COLUMNS = ["new", "resolved", "early", "on_due_date", "late", "no_due_date", "open_end", "open_end_overdue"];

export class Trend {
  constructor(feed, ctx) {
    this.feed = feed;
    this.ctx = ctx;
    const { t } = ctx;
    this.note = h("small");
    this.ranges = RANGES.map((days) => h("button", { onclick: () => this.set({ days }) }, t(`days${days}`)));
    this.turn = h("button", { onclick: () => this.set({ table: read().table ? null : 1 }) }, t("table"));
    this.legend = h("ul", { class: "legend" });
    this.asOf = read().as_of || null;
    this.past = h("div");
    this.place = h("div", { class: "chart", role: "img", "aria-label": t("trend") });
    this.rows = h("div", { class: "scroll" });
    const tools = h("div", { class: "tools" }, h("span", { class: "switch" }, this.ranges), this.turn);
    const title = h("h2", null, t("trend"), this.note);
    this.element = h("section", { class: "panel card trend" }, h("header", null, title, tools), this.past, this.legend, this.place, this.rows);
    this.resized = new ResizeObserver(() => this.chart && (this.chart.resize(), this.draw()));
    this.resized.observe(this.place);
  }

  set(changes) {
    go(here(changes), { replace: true });
    this.load();
  }

  /** Asks again when another revision was published. */
  update(state) {
    this.zone = state.meta.zone;
    const revision = state.published?.revision ?? 0;
    if (revision === this.revision) return;
    this.revision = revision;
    this.load();
  }

  async load() {
    this.days = Number(read().days ?? RANGES[0]);
    this.ranges.forEach((button, n) => mark(button, "aria-pressed", RANGES[n] === this.days));
    const { t, lang } = this.ctx;
    try {
      this.data = await fetched(api(this.feed, "trend", { days: this.days, as_of: this.asOf }));
    } catch (error) {
      if (!this.asOf) throw error;
      return this.say("late", t("pastFailed", { time: this.asOf, why: error.message }));
    }
    this.look();
    const { revision, days } = this.data;
    if (revision) {
      const at = local(revision.published_at, this.zone);
      const told = { revision: number(revision.revision, lang), at: `${at.minutes} ${at.date}`, day: day(days.at(-1).day) };
      say(this.note, `${t("trendSay", told)} · ${t("provisional")}`);
    }
    await this.draw();
  }

  /** Says that one looks at the past, and leads back. */
  look() {
    if (!this.data.as_of) return;
    const at = local(this.data.as_of, this.zone);
    this.say("soon", this.ctx.t("pastSay", { time: `${at.time} ${at.date}` }));
  }

  say(tone, text) {
    const { t } = this.ctx;
    const back = h("a", { class: "button", href: here({ as_of: null }) }, t("backToNow"));
    this.past.replaceChildren(h("p", { class: "notice", role: "status", "data-tone": tone }, h("strong", null, t("past")), h("span", null, text), back));
  }

  async draw() {
    if (!this.data) return;
    const asTable = Boolean(read().table);
    const { t } = this.ctx;
    const { days } = this.data;
    mark(this.turn, "aria-pressed", asTable);
    this.place.hidden = asTable || !days.length;
    this.legend.hidden = this.place.hidden;
    this.rows.hidden = !asTable && days.length > 0;
    if (!days.length) return this.rows.replaceChildren(h("p", { class: "empty" }, h("strong", null, t("trendNone")), t("trendNoneWhy")));
    if (asTable) return this.rows.replaceChildren(this.table(days));
    this.explain(days);
    const echarts = await import("./echarts.js");
    if (!this.place.isConnected || this.place.hidden) return;
    this.chart ??= echarts.init(this.place, null, { renderer: "canvas" });
    this.chart.setOption(options(days, this.ctx), true);
    mark(this.place, "data-drawn", days.length);
  }

  explain(days) {
    const { t } = this.ctx;
    const item = (tone, sign, word) => h("li", null, h("i", { "data-tone": tone }, sign), word);
    const resolved = shown(days).map(({ name, shape }) => item(name === "no_due_date" ? "paused" : name, shape, t(name)));
    const stocks = [item("on_due_date", "▁", t("open_end")), item("late", "▁", t("open_end_overdue"))];
    this.legend.replaceChildren(item(null, "—", t("new")), ...resolved, ...stocks);
  }

  table(days) {
    const { t, lang } = this.ctx;
    const state = (n) => (n ? t("restated", { n }) : t("provisional"));
    const head = h("tr", null, h("th", null, t("day")), COLUMNS.map((name) => h("th", { class: "n" }, t(name))), h("th", null, t("state")));
    const rows = days.toReversed().map((row) =>
      h("tr", null, h("td", null, day(row.day)), COLUMNS.map((name) => h("td", { class: "n" }, number(row[name], lang))), h("td", null, state(row.restated))),
    );
    return h("table", null, h("thead", null, head), h("tbody", null, rows));
  }

  close() {
    this.resized.disconnect();
    this.chart?.dispose();
  }
}

