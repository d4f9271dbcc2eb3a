/** The board of observations: a tile per series, and what the newest period is made of. */
import { dialog, h, mark, say } from "./dom.js";
import { day, decimal } from "./format.js";
import { Notices } from "./notices.js";
import { course } from "./spark.js";
import { Ticker } from "./ticker.js";

const TOP = 3;
const JOINED = " · ";

export class ObservedBoard {
  constructor(state, ctx) {
    this.ctx = ctx;
    const { t } = ctx;
    this.shape = shape(state);
    const seen = new Set(state.observed.map((row) => row.series));
    const shown = [...new Set([...state.meta.tiles, ...Object.keys(state.meta.series).filter((name) => seen.has(name))])];
    this.tiles = shown.map((name) => new SeriesTile(name, state.meta.series[name], ctx));
    this.parts = h("tbody");
    this.heads = h("tr");
    this.caption = h("h2");
    const table = h("table", null, h("thead", null, this.heads), this.parts);
    const panel = h("section", { class: "panel card agencies" }, h("header", null, this.caption, state.meta.manual && h("a", { class: "button", href: entry(state.feed, ctx.lang) }, t("enterTitle"))), h("div", { class: "scroll" }, table));
    this.ticker = new Ticker(ctx);
    const tiles = h("section", { class: "tiles" }, this.tiles.map((tile) => tile.element));
    this.grid = h("main", { class: "board" }, tiles, panel, this.ticker.element);
    this.notices = new Notices(ctx);
    this.elements = [this.notices.element, this.grid];
  }

  /** False where the series themselves changed, so that the board must be built anew. */
  update(state, freshness) {
    if (shape(state) !== this.shape) return false;
    mark(this.grid, "data-state", freshness.state);
    this.notices.update(state, freshness);
    for (const tile of this.tiles) tile.update(state, freshness);
    this.table(state);
    this.ticker.update(state);
    return true;
  }

  /** The newest period by agency where any is named, else by the first dimension. */
  table(state) {
    const { lang, t } = this.ctx;
    const drawn = JSON.stringify(state.observed);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const by = ["agency", ...Object.keys(state.meta.dimensions), "each"].find((name) => state.observed.some((row) => row.parts[name])) ?? "agency";
    const label = state.meta.dimensions[by]?.[lang] ?? t("agency");
    say(this.caption, t("observedBy", { what: label.toLowerCase() }));
    const rows = state.observed.filter((row) => row.parts[by]);
    const keys = [...new Set(rows.flatMap((row) => row.parts[by].map(([key]) => key)))];
    const values = new Map(rows.map((row) => [row.series, new Map(row.parts[by])]));
    const one = (row) => state.meta.series[row.series];
    this.heads.replaceChildren(h("th", null, label), ...rows.map((row) => h("th", { class: "n" }, `${one(row).label[lang]} (${one(row).unit[lang]}), ${printed(row.period)}`)));
    this.parts.replaceChildren(...keys.map((key) => h("tr", null, h("td", null, called(state.meta, by, key, lang)),
      rows.map((row) => h("td", { class: "n" }, decimal(values.get(row.series).get(key), one(row).decimals, lang))))));
    if (!keys.length) this.parts.replaceChildren(h("tr", null, h("td", { class: "empty" }, t("observedNone"))));
  }

  close() {}
}

const entry = (feed, lang) => `/enter?${new URLSearchParams({ feed, ...(lang === "en" && { lang }) })}`;
const printed = (period) => (/^\d{4}-\d\d-\d\d$/.test(period) ? day(period) : period);
/** A part by its words; what was observed of several data at once is said as `H20.01 · kiosk`. */
const called = (meta, by, key, lang) => {
  const words = (name, value) => (name === "agency" ? meta.agencies[value] : meta.dimensions[name].values[value]?.[lang]);
  if (by !== "each") return words(by, key) ?? key;
  const names = ["agency", ...Object.keys(meta.dimensions)];
  return key.split(JOINED).map((part) => names.map((name) => words(name, part)).find(Boolean) ?? part).join(JOINED);
};
const shape = (state) => JSON.stringify([state.meta.series, state.meta.tiles, state.observed.map((row) => row.series)]);

class SeriesTile {
  constructor(name, described, ctx) {
    this.name = name;
    this.described = described;
    this.ctx = ctx;
    const { lang, t } = ctx;
    const info = h("button", { class: "bare info", "aria-label": `${t("definition")}: ${described.label[lang]}` }, "ⓘ");
    info.addEventListener("click", () => this.define());
    this.figure = h("p", { class: "figure" });
    this.of = h("p", { class: "of" });
    this.change = h("p", { class: "change" });
    this.audited = h("p", { class: "audited" });
    this.drawing = h("div", { class: "drawing" });
    this.stamp = h("p", { class: "stamp" });
    this.element = h("article", { class: "tile card", "data-tile": name },
      h("header", null, h("span", { class: "corner" }, info), h("h2", null, described.label[lang])),
      this.figure, this.of, this.change, this.audited, h("div", { class: "foot" }, this.drawing, this.stamp));
  }

  update(state, freshness) {
    this.state = state;
    say(this.stamp, freshness.stamp);
    mark(this.stamp, "title", freshness.title);
    const found = state.observed.find((row) => row.series === this.name);
    const drawn = JSON.stringify(found ?? null);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const { lang, t } = this.ctx;
    const { unit, decimals, target, good } = this.described;
    const nothing = found?.value === undefined || found.value === null;
    this.figure.classList.toggle("none", nothing);
    const why = !found ? "observedNone" : found.whole ? "notArisen" : "noSum";
    this.figure.replaceChildren(...(nothing ? [t(why)] : [decimal(found.value, decimals, lang), h("small", null, ` ${unit[lang]}`)]));
    mark(this.element, "data-weight", found?.missed ? "late" : null);
    const aim = target === null ? null : `${t("target", { n: `${good === "up" ? "≥" : "≤"} ${decimal(target, decimals, lang)}` })}${found?.missed ? ` · ${t("missed")}` : ""}`;
    say(this.of, found ? [t("ofPeriod", { period: printed(found.period) }), aim].filter(Boolean).join(" · ") : "");
    this.published(found?.published);
    say(this.change, found && found.before !== null ? t("beforeThat", { n: decimal(found.before, decimals, lang) }) : "");
    this.drawing.replaceChildren(...(found ? this.picture(found, state) : []));
  }

  /** The newest audited figure, and whether what stands differs from it. */
  published(audited) {
    const { lang, t } = this.ctx;
    const { decimals } = this.described;
    const differs = audited && audited.now !== audited.value;
    const number = (value) => (value === null ? t("notArisen") : decimal(value, decimals, lang));
    say(this.audited, !audited ? "" : t(differs ? "publishedOther" : "publishedSame", { period: printed(audited.period), n: number(audited.value), now: number(audited.now) }));
    mark(this.audited, "data-differs", differs ? "" : null);
  }

  /** The course where there is one, else the largest parts. */
  picture(found, state) {
    const { lang } = this.ctx;
    if (found.course.length > 2) return [course(found.course)];
    const [by, parts] = Object.entries(found.parts)[0] ?? ["agency", []];
    const rows = parts.slice(0, TOP);
    return [h("ol", { class: "top" }, rows.map(([key, value]) => {
      const line = h("li", null, h("a", null, h("span", null, called(state.meta, by, key, lang)), h("b", null, decimal(value, this.described.decimals, lang))));
      line.style.setProperty("--share", rows[0][1] > 0 ? value / rows[0][1] : 0);
      return line;
    }))];
  }

  define() {
    const { lang, t } = this.ctx;
    const { label, explain, unit, over } = this.described;
    const { meta, definitions, position } = this.state;
    const facts = [
      [t("unit"), unit[lang]], [t("overTime"), t(`adding_${over[0]}`)],
      ...(Object.keys(meta.dimensions).length ? [[t("overDimensions"), t(`adding_${over[2]}`)]] : []), [t("overAgencies"), t(`adding_${over[1]}`)],
      [t("owner"), meta.owner], [t("hash"), h("code", null, definitions)], [t("position"), h("code", null, position || "–")],
    ];
    const list = h("dl", null, facts.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
    const box = dialog(label[lang], h("p", null, explain[lang]), list, h("button", { onclick: () => box.close() }, t("close")));
  }
}
