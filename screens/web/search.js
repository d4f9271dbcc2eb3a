/** The field that finds a case by the beginning of its id. */
import { h } from "./dom.js";
import { api, fetched, go, link } from "./route.js";

const PAUSE_MS = 150;

export class Search {
  constructor(feed, ctx) {
    this.feed = feed;
    this.ctx = ctx;
    const { t } = ctx;
    this.field = h("input", { type: "search", placeholder: t("search"), "aria-label": t("search"), autocomplete: "off" });
    this.results = h("div", { class: "found", hidden: true });
    this.element = h("div", { class: "find" }, this.field, this.results);
    this.field.addEventListener("input", () => this.later());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => setTimeout(() => (this.results.hidden = true), PAUSE_MS));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), PAUSE_MS);
  }

  async look() {
    const q = this.field.value.trim();
    this.asking?.abort();
    if (!q) return (this.results.hidden = true);
    this.asking = new AbortController();
    try {
      const { rows } = await fetched(api(this.feed, "search", { q }), this.asking.signal);
      this.show(rows);
    } catch (error) {
      if (error.name !== "AbortError") this.results.replaceChildren(h("p", null, error.message));
    }
  }

  show(rows) {
    const found = rows.map((row, n) =>
      h("a", { href: link({ case: row.case_id }), class: n ? null : "here" }, row.case_id, h("small", null, row.agency ?? "")));
    this.results.replaceChildren(...(found.length ? found : [h("p", null, this.ctx.t("searchNone"))]));
    this.results.hidden = false;
  }

  key(event) {
    const rows = [...this.results.querySelectorAll("a")];
    const at = rows.findIndex((row) => row.classList.contains("here"));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && rows.length) {
      event.preventDefault();
      rows[at]?.classList.remove("here");
      rows[(at + step + rows.length) % rows.length].classList.add("here");
    }
    if (event.key === "Enter" && rows[at]) go(rows[at].getAttribute("href"));
    if (event.key === "Escape") this.field.blur();
  }
}
