/** The cases behind a number: as many as the number said, at its instant and position. */
import { h, say } from "./dom.js";
import { local, number } from "./format.js";
import { named } from "./places.js";
import { api, fetched, go, here, link } from "./route.js";
import { reason } from "./reasons.js";
import { outcomeBadge, statusBadge } from "./shapes.js";

const UNTOLD = "agency"; // of a feed that hides small numbers
const COLUMNS = ["case_id", "status", "agency", "channel", "procedure", "entered_at", "due_at", "resolved_at", "outcome"];
const OTHERS = { set_aside: "asideCases", flagged: "toLookAt", surge: "surgeTile" }; // lists that no tile stands for
const WAITING = ["case_id", "status", "agency", "channel", "procedure", "submitted_at", "reception_due_at"];

export class ListPage {
  constructor(state, ctx, query) {
    this.ctx = ctx;
    this.query = query;
    this.meta = state.meta;
    this.today = state.today;
    this.figures = state.agencies;
    const { t } = ctx;
    this.count = h("p", { class: "count" });
    this.when = h("p", { class: "crumb" });
    this.rows = h("div", { class: "scroll" }, h("p", { class: "empty" }, t("loading")));
    this.pager = h("nav", { class: "pager" });
    const crumb = h("p", { class: "crumb" }, h("a", { href: link({}) }, `← ${t("back")}`));
    const title = h("div", null, crumb, h("h2", null, this.title()), this.when);
    const card = h("section", { class: "card" }, this.rows, this.pager);
    this.elements = [h("main", { class: "page list" }, h("header", null, this.count, title, this.tools()), card)];
    this.load();
  }

  update() {}

  asked() {
    const { list: measure, role, at, position, agency, flag, stand, place, sort, page, q } = this.query;
    return { measure, role, at, position, agency, flag, stand, place, sort, page, q };
  }

  title() {
    const { lang, t } = this.ctx;
    const { list, role, flag, stand } = this.query;
    const other = OTHERS[list] && t(OTHERS[list]);
    const label = other ?? [...this.meta.tiles, ...this.meta.rates].find((shown) => shown.name === list)?.label[lang] ?? list;
    const words = [role && t(role).toLowerCase(), flag && (this.meta.flags[flag]?.label[lang] ?? flag), stand && t(stand), this.place()];
    return [label, ...words.filter(Boolean)].join(" – ");
  }

  /** Which part of the map, where it came from there. */
  place() {
    const { place } = this.query;
    if (!place) return null;
    if (place === "none") return this.ctx.t("placeNone");
    return place.startsWith("beyond:") ? this.ctx.t("placeBeyond") : named(place.split(","), this.ctx);
  }

  tools() {
    const { t, lang } = this.ctx;
    const chosen = this.query.agency ?? null;
    // Only agencies with figures: reference data also names hundreds that send nothing, or ended long ago.
    const codes = [...new Set([...Object.keys(this.figures), chosen])].filter(Boolean);
    const names = codes.map((code) => [code, this.meta.agencies[code] ?? code]).sort((a, b) => a[1].localeCompare(b[1], "vi"));
    const option = (code, name) => h("option", { value: code, selected: code === chosen }, name);
    const untold = this.meta.hide_below !== undefined;
    const choice = untold ? null : h("select", { "aria-label": t("agency") }, h("option", { value: "*" }, t("filterAgency")), names.map(([code, name]) => option(code, name)));
    choice?.addEventListener("change", () => go(here({ agency: choice.value === "*" ? null : choice.value, page: null })));
    const flagged = Object.entries(this.meta.flags).map(([code, said]) => h("option", { value: code, selected: code === this.query.flag }, said.label[lang]));
    const flags = h("select", { "aria-label": t("flag") }, h("option", { value: "" }, t("filterFlag")), flagged);
    flags.addEventListener("change", () => go(here({ flag: flags.value || null, page: null })));
    const csv = api(this.ctx.feed, "cases.csv", { ...this.asked(), page: null, lang });
    return h("div", { class: "tools" }, choice, flags,
      h("a", { class: "button", href: here({ at: null, position: null, page: null }) }, t("openNow")),
      h("a", { class: "button", href: csv, download: true }, t("csv")));
  }

  async load() {
    const { t, lang } = this.ctx;
    try {
      const list = await fetched(api(this.ctx.feed, "cases", this.asked()));
      say(this.count, number(list.count, lang));
      const at = local(list.at, this.meta.zone);
      say(this.when, `${t("at", { time: `${at.time} ${at.date}` })} · ${t("exact")}`);
      this.rows.replaceChildren(list.count ? this.table(list.rows) : h("p", { class: "empty" }, h("strong", null, t("listNone")), t("listNoneWhy")));
      this.turn(list);
    } catch (error) {
      this.rows.replaceChildren(h("p", { class: "empty" }, h("strong", null, t("failed")), error.message));
    }
  }

  table(rows) {
    const waiting = rows.every((row) => !row.entered_at && row.reception_due_at);
    const every = waiting ? WAITING : COLUMNS;
    const columns = this.meta.hide_below === undefined ? every : every.filter((name) => name !== UNTOLD);
    const head = h("tr", null, columns.map((name) => this.head(name)));
    return h("table", null, h("thead", null, head), h("tbody", null, rows.map((row) => this.line(row, waiting))));
  }

  head(name) {
    const sort = this.query.sort ?? "due_at";
    const sorted = sort.replace(/^-/, "") === name;
    const down = sorted && sort.startsWith("-");
    const next = sorted && !down ? `-${name}` : name;
    const arrow = sorted ? (down ? " ▾" : " ▴") : "";
    const button = h("button", { class: "bare", onclick: () => go(here({ sort: next, page: null })) }, this.ctx.t(name) + arrow);
    return h("th", { scope: "col", "aria-sort": sorted ? (down ? "descending" : "ascending") : null }, button);
  }

  line(row, waiting) {
    const { lang, t } = this.ctx;
    const { meta } = this;
    const when = (at) => {
      if (!at) return h("td", { class: "muted" }, "–");
      const { date, minutes } = local(at, meta.zone);
      return h("td", null, `${date} `, h("span", { class: "muted" }, minutes));
    };
    const dates = waiting ? [when(row.submitted_at), when(row.reception_due_at)] : [
      when(row.entered_at), when(row.due_at), when(row.resolved_at),
      h("td", null, row.set_aside ? reason(row.set_aside, lang) : (outcomeBadge(row, this.today, t) ?? "–"))];
    return h("tr", null,
      h("td", null, h("a", { href: link({ case: row.case_id }) }, row.case_id)),
      h("td", null, statusBadge(meta, row.status, lang)),
      meta.hide_below !== undefined ? null : h("td", { class: "wide" }, row.agency ? (meta.agencies[row.agency] ?? row.agency) : t("noAgency")),
      h("td", null, meta.channels[row.channel]?.[lang] ?? row.channel ?? "–"),
      h("td", null, row.procedure ?? "–"),
      dates);
  }

  turn({ page, pages }) {
    const { t, lang } = this.ctx;
    this.pager.hidden = pages <= 1;
    const to = (n, sign) => (n < 1 || n > pages ? null : h("a", { class: "button", href: here({ page: n }) }, sign));
    const told = t("page", { page: number(page, lang), pages: number(pages, lang) });
    this.pager.replaceChildren(...[to(page - 1, "←"), h("span", null, told), to(page + 1, "→")].filter(Boolean));
  }
}
