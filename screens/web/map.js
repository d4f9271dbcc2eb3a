/** The feed's map: its cases as points or cells over the communes' outlines, and beside it what is on no map. */
import { h, mark, s, say } from "./dom.js";
import { decimal, local, number } from "./format.js";
import { glyph, toneOfStand } from "./glyphs.js";
import { edges, graticule, marks, named, neighbour, projection, standing, STANDS, sum, WIDTH } from "./places.js";
import { fetched, go, here, link, read } from "./route.js";
import { shapeOf } from "./shapes.js";

const ALWAYS = new Set(["late", "soon", "in_time"]); // said also where nobody stands so
const TABLE = "table";

export class CaseMap {
  constructor(ctx) {
    this.ctx = ctx;
    const { t } = ctx;
    this.title = h("span");
    this.note = h("small");
    this.turn = h("button", { onclick: () => this.toggle() }, t("table"));
    this.legend = h("ul", { class: "legend" });
    this.place = h("div", { class: "drawn" });
    this.rows = h("div", { class: "scroll" });
    const tools = h("div", { class: "tools" }, this.turn);
    this.element = h("section", { class: "panel card map", "aria-label": t("map") }, h("header", null, h("h2", null, this.title, this.note), tools), this.legend, this.place, this.rows);
    this.outlines = [];
    this.load();
  }

  /** Outlines stay as they are; without them a map has its graticule. */
  async load() {
    try {
      this.outlines = (await fetched("/api/outlines")).features;
    } catch {
      return;
    }
    this.key = null;
    if (this.state) this.update(this.state);
  }

  toggle() {
    go(here({ map: read().map === TABLE ? null : TABLE }), { replace: true });
    this.update(this.state);
  }

  update(state) {
    this.state = state;
    this.places = state.places;
    this.table = read().map === TABLE;
    mark(this.turn, "aria-pressed", this.table);
    this.say(state);
    const { frame, cells, points, none, beyond } = this.places;
    const key = JSON.stringify([frame, cells, points, none, beyond, this.table]);
    if (key !== this.key) this.draw();
    this.key = key;
    for (const [anchor, asked] of this.links) mark(anchor, "href", this.address(asked));
  }

  say({ meta }) {
    const { t, lang } = this.ctx;
    const { shows, at, none, beyond, cells, gathered, step } = this.places;
    const label = meta.tiles.find((tile) => tile.name === shows).label[lang];
    const time = local(at, meta.zone).time;
    const n = Object.values(cells).reduce((all, counts) => all + sum(counts), 0);
    this.whole = n;
    say(this.title, `${t("map")}: ${label}`);
    const more = gathered ? ` · ${t("mapGathered", { n: number(gathered, lang), step: decimal(Number(step), 2, lang) })}` : "";
    say(this.note, `${t("mapSay", { n: number(n, lang), all: number(n + none + beyond, lang), time })}${more}`);
  }

  /** What a mark opens: a case, or exactly the cases it counts, at the map's own instant and position. */
  address({ case: id, ...asked }) {
    const { shows: list, at, position } = this.places;
    return id ? link({ case: id }) : link({ list, ...asked, at, position });
  }

  draw() {
    const focused = document.activeElement?.dataset?.key;
    this.links = [];
    this.explain();
    this.place.hidden = this.table || !this.whole;
    this.rows.hidden = !this.place.hidden;
    if (!this.whole) this.rows.replaceChildren(this.empty());
    else if (this.table) this.rows.replaceChildren(this.list());
    else this.place.replaceChildren(this.drawing());
    if (focused) this.element.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  opening(anchor, asked) {
    this.links.push([anchor, asked]);
    return anchor;
  }

  /** Each stand with its number on the map, and the cases that have no place on it. */
  explain() {
    const { t, lang } = this.ctx;
    const { frame, none, beyond } = this.places;
    const counts = standing(this.places);
    const whole = frame.join(",");
    const item = (tone, sign, word, n, asked) => h("li", null, h("i", { "data-tone": tone, "aria-hidden": "true" }, sign), word, " ",
      n ? this.opening(h("a", null, h("b", null, number(n, lang))), asked) : h("b", null, "0"));
    const shown = STANDS.filter((stand) => counts[stand] || ALWAYS.has(stand));
    const stands = shown.map((stand) => item(toneOfStand(stand), shapeOf(toneOfStand(stand)), t(stand), counts[stand], { stand, place: whole }));
    const lost = [item("silent", "–", t("placeNone"), none, { place: "none" })];
    if (beyond) lost.push(item("silent", "–", t("placeBeyond"), beyond, { place: `beyond:${whole}` }));
    this.legend.replaceChildren(...stands, ...lost);
  }

  empty() {
    const { t } = this.ctx;
    return h("p", { class: "empty" }, h("strong", null, t("mapNothing")), t("mapNothingWhy"));
  }

  drawing() {
    const { t } = this.ctx;
    const at = projection(this.places.frame);
    const all = marks(this.places).map((one) => ({ ...one, x: at.x(one.lon), y: at.y(one.lat) }));
    const anchors = all.map((one) => this.marked(one));
    mark(anchors[0], "tabindex", 0);
    const box = { class: "ground", viewBox: `0 0 ${WIDTH} ${at.height.toFixed(0)}`, role: "group", "aria-label": `${t("map")}. ${t("mapKeys")}` };
    const drawn = s("svg", box, this.units(at), this.lines(at), anchors);
    drawn.addEventListener("keydown", (event) => {
      const next = neighbour(all, anchors.indexOf(event.target), event.key);
      if (next === null) return;
      event.preventDefault();
      mark(event.target, "tabindex", -1);
      mark(anchors[next], "tabindex", 0);
      anchors[next].focus();
    });
    return drawn;
  }

  marked(one) {
    const { t, lang } = this.ctx;
    const of = one.counts && STANDS.filter((stand) => one.counts[stand]).map((stand) => `${number(one.counts[stand], lang)} ${t(stand)}`).join(", ");
    const told = of ? `${number(one.n, lang)}: ${of}` : `${one.key}: ${t(one.stand)}`;
    const where = { transform: `translate(${one.x.toFixed(1)} ${one.y.toFixed(1)})`, "data-tone": toneOfStand(one.stand), "data-key": one.key };
    return this.opening(s("a", { ...where, tabindex: -1, "aria-label": told }, s("title", null, told), glyph(one, number(one.n, lang), this.ctx.view)), one.asked);
  }

  /** Communes, each with its name. */
  units(at) {
    const path = (rings) => rings.map((ring) => `M${ring.map(([lon, lat]) => `${at.x(lon).toFixed(1)} ${at.y(lat).toFixed(1)}`).join("L")}Z`).join("");
    return this.outlines.map(({ properties, geometry: { type, coordinates } }) =>
      s("path", { class: "unit", d: path(type === "Polygon" ? coordinates : coordinates.flat()) }, s("title", null, properties[this.ctx.lang])));
  }

  lines(at) {
    const { lats, lons } = graticule(this.places);
    const told = (degrees) => `${decimal(degrees, 2, this.ctx.lang)}°`;
    return s("g", { class: "lines", "aria-hidden": "true" },
      lats.flatMap((lat) => [s("path", { d: `M0 ${at.y(lat)}H${WIDTH}` }), s("text", { x: 4, y: at.y(lat) - 4 }, told(lat))]),
      lons.flatMap((lon) => [s("path", { d: `M${at.x(lon)} 0V${at.height}` }), s("text", { x: at.x(lon) + 4, y: at.height - 4 }, told(lon))]));
  }

  /** The same numbers as a table, the fullest cell first. */
  list() {
    const { t, lang } = this.ctx;
    const counts = standing(this.places);
    const shown = STANDS.filter((stand) => counts[stand]);
    const opens = (n, asked) => h("td", { class: "n" }, n ? this.opening(h("a", null, number(n, lang)), asked) : "0");
    const line = ([cell, of]) => {
      const place = edges(this.places, cell);
      return h("tr", null, h("td", null, named(place, this.ctx)), opens(sum(of), { place: place.join(",") }),
        shown.map((stand) => opens(of[stand] ?? 0, { stand, place: place.join(",") })));
    };
    const head = h("tr", null, h("th", null, t("cell")), ["cases", ...shown].map((name) => h("th", { class: "n" }, t(name))));
    const rows = Object.entries(this.places.cells).sort((a, b) => sum(b[1]) - sum(a[1]));
    return h("table", null, h("thead", null, head), h("tbody", null, rows.map(line)));
  }
}
