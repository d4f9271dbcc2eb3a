/** What is in no figure: cases whose events cannot all be true, and messages that were refused on the way in. */
import { h } from "./dom.js";
import { local, number } from "./format.js";
import { reason } from "./reasons.js";
import { api, fetched, link } from "./route.js";

const COLUMNS = ["reason", "field", "value", "mend", "source"];

export class AsidePage {
  constructor(state, ctx) {
    this.ctx = ctx;
    this.meta = state.meta;
    const { t } = ctx;
    this.cases = h("section", { class: "card" });
    this.messages = h("section", { class: "card" });
    const crumb = h("p", { class: "crumb" }, h("a", { href: link({}) }, `← ${t("back")}`));
    const head = h("header", null, h("div", null, crumb, h("h2", null, t("asideTitle"))));
    this.elements = [h("main", { class: "page list" }, head, this.cases, this.messages)];
    this.load();
  }

  /** Asks again when the counts changed. */
  update(state) {
    const counts = `${state.aside.cases} ${state.aside.messages}`;
    if (this.counts !== undefined && this.counts !== counts) this.load();
    this.counts = counts;
  }

  async load() {
    const { t } = this.ctx;
    try {
      const [cases, messages] = await Promise.all([
        fetched(api(this.ctx.feed, "cases", { measure: "set_aside", sort: "case_id" })),
        fetched(api(this.ctx.feed, "aside")),
      ]);
      this.cases.replaceChildren(...this.head("asideCases", "asideCasesWhy", cases.count), this.caseTable(cases.rows));
      this.messages.replaceChildren(...this.head("asideMessages", "asideMessagesWhy", messages.count), this.reasons(messages.reasons), this.messageTable(messages.rows));
    } catch (error) {
      this.cases.replaceChildren(h("p", { class: "empty" }, h("strong", null, t("failed")), error.message));
    }
  }

  head(title, why, count) {
    const { t, lang } = this.ctx;
    return [h("h3", null, `${t(title)}: ${number(count, lang)}`), h("p", { class: "reasons muted" }, t(why))];
  }

  reasons(reasons) {
    return h("ul", { class: "reasons" }, reasons.map(({ reason: code, n }) => h("li", null, `${reason(code, this.ctx.lang)} `, h("strong", null, number(n, this.ctx.lang)))));
  }

  caseTable(rows) {
    const { t, lang } = this.ctx;
    const head = h("tr", null, ["case_id", "reason", "agency"].map((name) => h("th", null, t(name))));
    const line = (row) => h("tr", null,
      h("td", null, h("a", { href: link({ case: row.case_id }) }, row.case_id)),
      h("td", null, reason(row.set_aside, lang)),
      h("td", { class: "wide" }, this.meta.agencies[row.agency] ?? row.agency ?? "–"));
    return h("div", { class: "scroll" }, h("table", null, h("thead", null, head), h("tbody", null, rows.map(line))));
  }

  messageTable(rows) {
    const { t, lang } = this.ctx;
    const head = h("tr", null, COLUMNS.map((name) => h("th", null, t(name))), h("th", null, t("received", { time: "" })), h("th", null, t("position")));
    const said = (name, row) => (name === "reason" ? reason(row.reason, lang) : row[name]);
    const line = (row) => {
      const at = local(row.received_at, this.meta.zone);
      const cells = COLUMNS.map((name) => h("td", { class: ["mend", "value"].includes(name) ? "wide" : null }, said(name, row) ?? "–"));
      return h("tr", null, cells, h("td", null, `${at.date} ${at.time}`), h("td", { class: "muted" }, row.place));
    };
    return h("div", { class: "scroll" }, h("table", null, h("thead", null, head), h("tbody", null, rows.map(line))));
  }
}
