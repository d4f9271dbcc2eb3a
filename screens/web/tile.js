/** One tile: label, number, change in a sentence, today over the usual day, and how fresh and how checked it is. */
import { drawRate, infoButton, listOf } from "./counted.js";
import { h, mark, say } from "./dom.js";
import { local, number, rate, signed } from "./format.js";
import { link } from "./route.js";
import { hours, hoursShown, share } from "./spark.js";

const TOP = 3;

export class Tile {
  constructor(described, ctx) {
    this.described = described;
    this.ctx = ctx;
    const { lang, t } = ctx;
    this.title = h("h2", null, described.label[lang]);
    this.aside = h("a", { class: "aside", hidden: true });
    this.corner = h("span", { class: "corner" }, this.aside);
    this.corner.append(infoButton(described, ctx, () => this.state));
    this.figure = h("a", { class: "figure", title: t("opensList") });
    this.of = h("p", { class: "of" });
    this.change = h("p", { class: "change" });
    this.drawing = h("div", { class: "drawing" });
    this.axis = h("p", { class: "axis", "aria-hidden": "true" });
    this.stamp = h("p", { class: "stamp" });
    const foot = h("div", { class: "foot" }, this.drawing, this.axis, this.stamp);
    const body = [this.figure, described.kind === "rate" ? this.of : null, this.change, foot];
    this.element = h(
      "article",
      { class: "tile card", "data-tile": described.name },
      h("header", null, this.corner, this.title),
      body,
    );
  }

  update(state, freshness) {
    const tile = state.tiles[this.described.name];
    this.state = state;
    if (this.described.kind === "rate") this.drawRate(tile, state);
    else this.drawCount(tile, state);
    const aside = state.aside.cases + state.aside.messages;
    mark(this.aside, "hidden", aside === 0);
    mark(this.aside, "href", link({ aside: 1 }));
    const told = this.ctx.t("aside", { n: number(aside, this.ctx.lang) });
    say(this.aside, `◇ ${number(aside, this.ctx.lang)}`);
    mark(this.aside, "title", told);
    mark(this.aside, "aria-label", told);
    mark(this.element, "data-silent", state.sources.current < state.sources.of);
    say(this.stamp, freshness.stamp);
    mark(this.stamp, "title", freshness.title);
  }

  drawCount(tile, state) {
    const { lang } = this.ctx;
    mark(this.element, "data-weight", tile.n && this.described.name.includes("overdue") ? "late" : null);
    say(this.figure, number(tile.n, lang));
    mark(this.figure, "href", listOf(this.described, "where", state));
    if (tile.hours) {
      this.compare(tile, state);
      this.drawHours(tile, state);
    } else {
      this.rank(state);
    }
  }

  drawRate(tile, state) {
    drawRate(this.described, tile, state, this, this.ctx);
    say(this.change, this.worst(state));
    this.drawing.replaceChildren(share(tile.num, tile.den));
  }

  /** "+312 so với cùng giờ hôm qua, chủ yếu Sở TN&MT, +198": written from the counts. */
  compare(tile, state) {
    const { lang, t } = this.ctx;
    if (tile.before === undefined) return say(this.change, t("noYesterday"));
    const difference = tile.n - tile.before;
    if (difference === 0) return say(this.change, t("unchanged"));
    const up = difference > 0;
    const good = this.described.good;
    const tone = good === "none" ? "plain" : up === (good === "up") ? "early" : "late";
    const mostly = tile.mover ? t("mostly", { agency: this.name(state, tile.mover.agency), n: signed(tile.mover.n, lang) }) : "";
    this.change.replaceChildren(
      h("b", { "data-tone": tone }, `${up ? "▲" : "▼"} ${signed(difference, lang)}`),
      ` ${t("sameTime")}${mostly}`,
    );
  }

  /** The agency with the lowest rate, where any is below the whole; of a hidden cell no rate is known. */
  worst(state) {
    const { lang, t } = this.ctx;
    const rows = this.counted(state).filter(([, row]) => row.den && row.num < row.den);
    if (!rows.length) return "";
    const [code, row] = rows.reduce((low, next) => (next[1].num / next[1].den < low[1].num / low[1].den ? next : low));
    return t("lowest", { agency: this.name(state, code), n: `${rate(row.num, row.den, lang)} (${row.num}/${row.den})` });
  }

  /** The three agencies with most of it, each as a bar of its share. */
  rank(state) {
    const { at, position } = state;
    const rows = this.counted(state).filter(([, row]) => row.n > 0).sort((a, b) => b[1].n - a[1].n).slice(0, TOP);
    const drawn = JSON.stringify(rows);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const lines = rows.map(([code, row]) => {
      const href = state.meta.hide_below === undefined ? link({ list: this.described.name, agency: code, at, position }) : null;
      const line = h("li", null, h("a", { href },
        h("span", null, this.name(state, code)), h("b", null, number(row.n, this.ctx.lang))));
      line.style.setProperty("--share", row.n / rows[0][1].n);
      return line;
    });
    this.drawing.replaceChildren(h("ol", { class: "top" }, lines));
  }

  counted(state) {
    return Object.entries(state.agencies).map(([code, row]) => [code, row[this.described.name] ?? {}]);
  }

  drawHours(tile, state) {
    const hour = local(state.at, state.meta.zone).hour;
    const drawn = JSON.stringify([tile.hours, tile.usual, hour]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.drawing.replaceChildren(hours(tile, hour));
    const [first, last] = hoursShown(tile);
    this.axis.replaceChildren(h("span", null, `${first} h`), h("span", null, `${last + 1} h`));
    mark(this.drawing, "title", this.ctx.t(tile.usual ? "usual" : "noUsual"));
  }

  name(state, code) {
    return code ? (state.meta.agencies[code] ?? code) : this.ctx.t("noAgency");
  }
}
