/** An hour's receptions against the usual hour: a tile of its own, and a notice while they surge. */
import { dialog, h, mark, say } from "./dom.js";
import { day, decimal, local, number } from "./format.js";
import { link } from "./route.js";
import { shapeOf } from "./shapes.js";

const EACH = ["ended", "running"];

/** `09–10 h`, local; of an hour that reaches over midnight the last is 24. */
const span = (hour, zone) => `${local(hour.from, zone).minutes.slice(0, 2)}–${String(local(hour.from, zone).hour + 1).padStart(2, "0")} h`;
/** A median of whole numbers: at most one half. */
const figure = (n, lang) => (Number.isInteger(n) ? number(n, lang) : decimal(n, 1, lang));
const called = (state, value, { lang, t }) => (value ? (state.meta.surge.by?.words[value]?.[lang] ?? value) : t("notSaid"));
const address = (state, which) => link({ list: "surge", role: which, at: state.at, position: state.position });

/** What an hour is worth, in words. */
export function verdict(hour, { lang, t }) {
  if (hour.usual === undefined) return t("noUsualHour");
  const usual = figure(hour.usual, lang);
  if (!hour.surges) return t("usualHour", { usual });
  if (hour.times === undefined) return t("surgesFromNone");
  return t("surges", { times: decimal(hour.times, 1, lang), usual });
}

/** Words of each hour that surges: the running one first. */
export function surging(state, ctx) {
  const { t, lang } = ctx;
  return [...EACH].reverse().filter((which) => state.surge?.[which].surges).map((which) => {
    const hour = state.surge[which];
    const top = hour.top.filter(() => state.meta.surge.by).map((part) => t("surgePart", { value: called(state, part.value, ctx), n: number(part.n, lang), usual: figure(part.usual, lang) }));
    const words = { n: number(hour.n, lang), span: span(hour, state.meta.zone), running: which === "running" ? ` (${t("running")})` : "", verdict: verdict(hour, ctx) };
    return { text: `${t("surgeSay", words)}${top.length ? ` ${t("surgeWhere", { parts: top.join("; ") })}` : ""}`, href: address(state, which) };
  });
}

export class SurgeTile {
  constructor(ctx) {
    this.ctx = ctx;
    const { t } = ctx;
    const info = h("button", { class: "bare info", "aria-label": `${t("definition")}: ${t("surgeTile")}` }, "ⓘ");
    info.addEventListener("click", () => this.define());
    this.figure = h("a", { class: "figure", title: t("opensList") });
    this.of = h("p", { class: "of" });
    this.change = h("p", { class: "change" });
    this.parts = h("ol", { class: "top" });
    this.stamp = h("p", { class: "stamp" });
    this.element = h("article", { class: "tile card", "data-tile": "surge" },
      h("header", null, h("span", { class: "corner" }, info), h("h2", null, t("surgeTile"))),
      this.figure, this.of, this.change,
      h("div", { class: "foot" }, h("div", { class: "drawing" }, this.parts), this.stamp));
  }

  /** The hour that is over, unless the running one surges already. */
  update(state, freshness) {
    this.state = state;
    const { lang, t } = this.ctx;
    const { zone } = state.meta;
    const [shown, other] = state.surge.running.surges ? ["running", "ended"] : EACH;
    const hour = state.surge[shown];
    mark(this.element, "data-surges", hour.surges || null);
    mark(this.element, "data-silent", state.sources.current < state.sources.of);
    say(this.figure, number(hour.n, lang));
    mark(this.figure, "href", address(state, shown));
    const running = (which) => (which === "running" ? ` ${t("running")}` : "");
    say(this.of, `${hour.surges ? `${shapeOf("soon")} ` : ""}${span(hour, zone)}${running(shown)}: ${verdict(hour, this.ctx)}`);
    this.beside(state, other, running(other));
    this.where(hour, state);
    say(this.stamp, freshness.stamp);
    mark(this.stamp, "title", freshness.title);
  }

  /** The other hour in a line. */
  beside(state, which, running) {
    const hour = state.surge[which];
    const text = `${span(hour, state.meta.zone)}${running}: ${number(hour.n, this.ctx.lang)}, ${verdict(hour, this.ctx)}`;
    if (this.change.firstChild?.textContent !== text) this.change.replaceChildren(h("a", null, text));
    mark(this.change.firstChild, "href", address(state, which));
  }

  /** The values of the attribute that are most above their usual. */
  where(hour, state) {
    const parts = state.meta.surge.by ? hour.top : [];
    const drawn = JSON.stringify(parts);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const { lang, t } = this.ctx;
    this.parts.replaceChildren(...parts.map((part) => {
      const usual = t("usualHour", { usual: figure(part.usual, lang) });
      const line = h("li", null, h("a", null, h("span", null, `${called(state, part.value, this.ctx)} · ${usual}`), h("b", null, number(part.n, lang))));
      line.style.setProperty("--share", part.n / Math.max(...parts.map(({ n }) => n)));
      return line;
    }));
  }

  /** What stands behind the ⓘ: the rule, and the weeks that make the usual of each hour. */
  define() {
    const { lang, t } = this.ctx;
    const { meta, surge } = this.state;
    const { weeks, factor, at_least: least, by } = meta.surge;
    const week = (one) => `${day(one.day)}: ${one.left ? t(`left_${one.left}`) : number(one.n, lang)}`;
    const facts = EACH.map((which) => [`${t(which)}, ${span(surge[which], meta.zone)}`, surge[which].weeks.map(week).join("; ") || "–"]);
    if (by) facts.push([t("surgeBy"), by.label[lang]]);
    facts.push([t("zone"), meta.zone], [t("owner"), meta.owner]);
    const list = h("dl", null, facts.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
    const rule = t("surgeRule", { weeks: number(weeks, lang), factor: figure(factor, lang), least: number(least, lang) });
    const box = dialog(t("surgeTile"), h("p", null, rule), list, h("button", { onclick: () => box.close() }, t("close")));
  }
}
