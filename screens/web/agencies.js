/** Figures per agency: every number opens its list; columns sort; rows stay in place while their numbers change. */
import { h, mark, say } from "./dom.js";
import { number, rate } from "./format.js";
import { go, here, link, read } from "./route.js";

export class Agencies {
  constructor(tiles, ctx) {
    this.tiles = tiles;
    this.ctx = ctx;
    this.rows = new Map();
    this.body = h("tbody");
    this.foot = h("tfoot");
    this.heads = new Map();
    const { t } = ctx;
    this.more = h("small");
    this.scroll = h("div", { class: "scroll" }, h("table", null, h("thead", null, this.header()), this.body, this.foot));
    this.element = h(
      "section",
      { class: "panel card agencies", "aria-label": t("agencies") },
      h("header", null, h("h2", null, t("agencies"), this.more), h("div", { class: "tools" }, h("a", { class: "button", href: link({ flags: 1 }) }, t("toLookAt")))),
      this.scroll,
    );
  }

  header() {
    const { lang, t } = this.ctx;
    const columns = [["agency", t("agency")], ...this.tiles.map((tile) => [tile.name, tile.label[lang]])];
    return h("tr", null, columns.map(([name, label], n) => {
      const button = h("button", { class: "bare", onclick: () => this.sortBy(name) }, label);
      const head = h("th", { scope: "col", class: n ? "n" : null }, button);
      this.heads.set(name, head);
      return head;
    }));
  }

  sorting() {
    const wanted = read().by ?? `-${(this.tiles.find((tile) => tile.name === "overdue") ?? this.tiles[0]).name}`;
    return { column: wanted.replace(/^-/, ""), down: wanted.startsWith("-") };
  }

  sortBy(name) {
    const { column, down } = this.sorting();
    const turned = column === name ? !down : name !== "agency";
    go(here({ by: (turned ? "-" : "") + name }), { replace: true });
    if (this.state) this.update(this.state);
  }

  value(row, column, name) {
    if (column === "agency") return name;
    const cell = row[column] ?? {};
    if (cell.hidden) return 0.5; // after nothing, before what is told
    return cell.den === undefined ? (cell.n ?? 0) : cell.num / cell.den;
  }

  update(state) {
    this.state = state;
    const { column, down } = this.sorting();
    for (const [name, head] of this.heads) mark(head, "aria-sort", name === column ? (down ? "descending" : "ascending") : null);
    const named = Object.entries(state.agencies).map(([code, row]) => ({ code, row, name: this.name(state, code) }));
    const order = new Intl.Collator("vi");
    const compare = (a, b) => (typeof a === "string" ? order.compare(a, b) : a - b);
    named.sort((a, b) => {
      const difference = compare(this.value(a.row, column, a.name), this.value(b.row, column, b.name));
      const busier = this.value(b.row, this.tiles[0].name) - this.value(a.row, this.tiles[0].name);
      return (down ? -difference : difference) || busier || order.compare(a.name, b.name);
    });
    this.place(named);
    this.total(state);
    this.tell(named.length);
  }

  /** Rows in order; only what moved is moved, only what changed is written. */
  place(named) {
    const codes = new Set(named.map(({ code }) => code));
    for (const [code, row] of this.rows) if (!codes.has(code)) row.remove();
    named.forEach(({ code, row, name }, n) => {
      const line = this.rows.get(code) ?? this.line(code);
      say(line.cells[0].firstChild, name);
      this.tiles.forEach((tile, at) => this.fill(line.cells[at + 1], tile, row[tile.name], code));
      if (this.body.children[n] !== line) this.body.insertBefore(line, this.body.children[n] ?? null);
    });
  }

  line(code) {
    const line = h("tr", { "data-code": code }, h("td", null, h("span")), this.tiles.map(() => h("td", { class: "n" }, h("a"))));
    this.rows.set(code, line);
    return line;
  }

  fill(cell, tile, counted, agency) {
    const { lang } = this.ctx;
    const anchor = cell.firstChild;
    if (counted?.hidden) return this.hide(cell);
    const text = tile.kind === "rate" ? (rate(counted?.num, counted?.den, lang) ?? "–") : number(counted?.n ?? 0, lang);
    say(anchor, text);
    cell.classList.toggle("zero", text === "0" || text === "–");
    cell.classList.toggle("late-n", tile.name.includes("overdue") && text !== "0");
    mark(anchor, "title", counted?.den ? `${number(counted.num, lang)} / ${number(counted.den, lang)}` : null);
    const { at, position, meta } = this.state;
    const listed = agency === null || meta.hide_below === undefined;
    mark(anchor, "href", listed ? link({ list: tile.name, agency, at, position }) : null);
  }

  /** A number that is not told; the page has never had it. */
  hide(cell) {
    const { t } = this.ctx;
    const n = this.state.meta.hide_below;
    say(cell.firstChild, t("hiddenCell", { n }));
    cell.classList.remove("zero", "late-n");
    mark(cell.firstChild, "title", t("hiddenWhy", { n }));
    mark(cell.firstChild, "href", null);
  }

  total(state) {
    if (!this.foot.firstChild) {
      const cells = this.tiles.map(() => h("td", { class: "n" }, h("a")));
      this.foot.append(h("tr", null, h("td", null, this.ctx.t("all")), cells));
    }
    this.tiles.forEach((tile, n) => this.fill(this.foot.firstChild.cells[n + 1], tile, state.tiles[tile.name], null));
  }

  /** On a wall without scroll bars, says how many rows do not fit; the total always does. */
  tell(count) {
    const { lang, t } = this.ctx;
    for (const row of this.body.children) row.hidden = false;
    let text = t("agenciesCount", { n: number(count, lang) });
    if (document.documentElement.dataset.view === "wall" && this.body.firstChild) {
      const room = this.scroll.clientHeight - this.scroll.querySelector("thead").offsetHeight - this.foot.offsetHeight;
      const fits = Math.max(1, Math.floor(room / this.body.firstChild.offsetHeight));
      [...this.body.children].forEach((row, n) => (row.hidden = n >= fits));
      if (fits < count) text = t("agenciesMore", { n: number(count - fits, lang) });
    }
    say(this.more, text);
  }

  name(state, code) {
    return code ? (state.meta.agencies[code] ?? code) : this.ctx.t("noAgency");
  }
}
