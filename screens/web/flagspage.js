/** What is to be looked at: each flag with its count and why it matters; every number opens its list. */
import { h } from "./dom.js";
import { local, number } from "./format.js";
import { api, fetched, go, here, link } from "./route.js";

export class FlagsPage {
  constructor(state, ctx, query) {
    this.ctx = ctx;
    this.meta = state.meta;
    this.untold = this.meta.hide_below !== undefined; // whose a case is
    this.agency = this.untold ? null : (query.agency ?? null);
    const { t } = ctx;
    this.tools = h("div", { class: "tools" });
    this.when = h("p", { class: "crumb" });
    this.flags = h("section", { class: "card" }, h("p", { class: "empty" }, t("loading")));
    this.agencies = h("section", { class: "card" });
    const crumb = h("p", { class: "crumb" }, h("a", { href: link({}) }, `← ${t("back")}`));
    const head = h("header", null, h("div", null, crumb, h("h2", null, t("toLookAt")), this.when), this.tools);
    this.elements = [h("main", { class: "page list" }, head, this.flags, this.agencies)];
    this.load();
  }

  update() {}

  async load() {
    const { t, lang } = this.ctx;
    try {
      this.found = await fetched(api(this.ctx.feed, "flags"));
      const at = local(this.found.at, this.meta.zone);
      this.when.append(`${t("at", { time: `${at.time} ${at.date}` })} · ${t("flagsStay")}`);
      if (!this.untold) this.tools.replaceChildren(this.choice());
      this.flags.replaceChildren(...this.flagTable());
      this.agencies.replaceChildren(h("h3", null, t("agencies")), this.agencyTable());
      if (this.agency !== null || this.untold) this.agencies.remove();
      const refused = number(this.found.refused, lang);
      this.flags.append(h("p", { class: "reasons muted" }, h("a", { href: link({ aside: 1 }) }, `${t("asideMessages")}: ${refused}`)));
    } catch (error) {
      this.flags.replaceChildren(h("p", { class: "empty" }, h("strong", null, t("failed")), error.message));
    }
  }

  /** Agencies with anything to look at, by name. */
  named() {
    const name = (code) => (code ? (this.meta.agencies[code] ?? code) : this.ctx.t("noAgency"));
    const rows = Object.entries(this.found.agencies).map(([code, row]) => ({ code, row, name: name(code) }));
    return rows.sort((a, b) => a.name.localeCompare(b.name, "vi"));
  }

  choice() {
    const { t } = this.ctx;
    const option = ({ code, name }) => h("option", { value: `=${code}`, selected: code === this.agency }, name);
    const choice = h("select", { "aria-label": t("agency") }, h("option", { value: "*" }, t("filterAgency")), this.named().map(option));
    choice.addEventListener("change", () => go(here({ agency: choice.value === "*" ? null : choice.value.slice(1) })));
    return choice;
  }

  /** A number that opens exactly its cases, at the position it was counted at. */
  opens(n, asked) {
    const { at, position } = this.found;
    return h("td", { class: "n" }, n ? h("a", { href: link({ ...asked, at, position }) }, number(n, this.ctx.lang)) : "0");
  }

  flagTable() {
    const { t, lang } = this.ctx;
    const agency = this.agency;
    const rows = this.named().filter(({ code }) => agency === null || code === agency).map(({ row }) => row);
    const sum = (count) => rows.reduce((n, row) => n + (count(row) ?? 0), 0);
    const codes = [...new Set(rows.flatMap((row) => Object.keys(row.flags)))];
    const counted = codes.map((code) => [code, sum((row) => row.flags[code])]).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const line = ([code, n]) => {
      const said = this.meta.flags[code];
      return h("tr", { "data-flag": code }, h("td", null, said?.label[lang] ?? code), this.opens(n, { list: "flagged", flag: code, agency }), h("td", { class: "wide" }, said?.why[lang] ?? ""));
    };
    const head = h("tr", null, h("th", null, t("flag")), h("th", { class: "n" }, t("cases")), h("th", null, t("flagWhy")));
    const whole = (name, n, list, why) => h("tr", { "data-flag": list }, h("td", null, t(name)), this.opens(n, { list, agency }), h("td", { class: "wide" }, why && t(why)));
    const foot = h("tfoot", null,
      whole("flaggedAny", sum((row) => row.flagged), "flagged", null),
      whole("asideCases", sum((row) => row.set_aside), "set_aside", "asideCasesWhy"));
    const none = counted.length ? null : h("p", { class: "empty" }, h("strong", null, t("flagsNone")), t("flagsNoneWhy"));
    return [none, h("div", { class: "scroll" }, h("table", null, h("thead", null, head), h("tbody", null, counted.map(line)), foot))].filter(Boolean);
  }

  agencyTable() {
    const { t } = this.ctx;
    const head = h("tr", null, h("th", null, t("agency")), h("th", { class: "n" }, t("flaggedAny")), h("th", { class: "n" }, t("asideCases")));
    const line = ({ code, row, name }) => h("tr", { "data-code": code },
      h("td", null, h("a", { href: here({ agency: code }) }, name)),
      this.opens(row.flagged, { list: "flagged", agency: code }),
      this.opens(row.set_aside, { list: "set_aside", agency: code }));
    const order = (a, b) => b.row.flagged - a.row.flagged;
    return h("div", { class: "scroll" }, h("table", null, h("thead", null, head), h("tbody", null, this.named().sort(order).map(line))));
  }
}
