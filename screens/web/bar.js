/** The bar at the top: what this is, how fresh it is, search, feed, language, wall or desk, help. */
import { h, mark, say, s } from "./dom.js";
import { go, here, link } from "./route.js";
import { Search } from "./search.js";
import { shapeOf } from "./shapes.js";

const SHAPE = { live: "plain", stale: "soon", lost: "late", trouble: "late", waiting: "silent" };

const SIDE_BY_SIDE = 3; // feeds as buttons; more are a list to choose from

export class Bar {
  constructor(feed, ctx, help) {
    this.ctx = ctx;
    const { t, lang, view } = ctx;
    this.name = h("span");
    const logo = s("svg", { class: "mark", viewBox: "0 0 32 32", "aria-hidden": "true" },
      s("rect", { width: 32, height: 32, rx: 7, fill: "var(--accent)" }),
      s("path", { d: "M7 22h4v-6H7zm7 0h4V9h-4zm7 0h4v-9h-4z", fill: "var(--card)" }));
    this.sign = h("span", { "aria-hidden": "true" });
    this.word = h("span");
    this.asOf = h("span");
    this.sources = h("span", { class: "muted" });
    this.exchanges = h("span", { class: "exchanges" });
    this.fresh = h("div", { class: "fresh", role: "status", "data-state": "waiting" },
      h("span", { class: "badge" }, this.sign, this.word), this.asOf, this.sources, this.exchanges);
    this.feeds = h("nav", { class: "switch push" });
    this.search = new Search(feed, ctx);
    const language = (code, name) => h("a", { class: "button", href: here({ lang: code === "vi" ? null : code }), lang: code, "aria-current": code === lang ? "true" : null }, name);
    const wall = view === "wall";
    this.element = h("header", { class: "bar" },
      h("h1", null, h("a", { href: link({}) }, logo, this.name)),
      this.fresh,
      this.feeds,
      this.search.element,
      h("nav", { class: "switch", "aria-label": "Ngôn ngữ / Language" }, language("vi", "VI"), language("en", "EN")),
      h("a", { class: "button", href: here({ view: wall ? null : "wall" }) }, t(wall ? "desk" : "wall")),
      h("button", { onclick: help, "aria-label": t("help") }, "?"));
  }

  update(state, freshness) {
    const { lang, t } = this.ctx;
    mark(this.fresh, "data-state", freshness.state);
    mark(this.fresh, "title", freshness.title);
    say(this.sign, shapeOf(SHAPE[freshness.state]));
    say(this.word, freshness.word);
    say(this.asOf, freshness.asOf ?? "");
    say(this.sources, freshness.sources ?? "");
    this.exchange(freshness.exchanges ?? []);
    const label = state?.meta?.label[lang] ?? t("title");
    say(this.name, label);
    document.title = `${label} · IOC`;
    if (!state?.meta) return;
    mark(this.search.element, "hidden", state.meta.kind === "observation");  // there are no cases to find
    this.offer(state);
  }

  /** How many exchanges between systems are current; their own page says more. */
  exchange(told) {
    const drawn = JSON.stringify(told);
    if (drawn === this.exchanged) return;
    this.exchanged = drawn;
    this.exchanges.replaceChildren(...told.map(({ feed, late, text }) =>
      h("a", { href: link({ feed }), "data-late": late ? "" : null }, late ? `${shapeOf("soon")} ${text}` : text)));
  }

  /** The other feeds, once there are any. */
  offer(state) {
    const feeds = state.meta.feeds.length > 1 ? state.meta.feeds : [];
    const drawn = JSON.stringify(feeds);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const { lang, t } = this.ctx;
    if (feeds.length <= SIDE_BY_SIDE) {
      this.feeds.replaceChildren(...feeds.map(({ feed, label }) =>
        h("a", { class: "button", href: link({ feed }), "aria-current": feed === state.feed ? "true" : null }, label[lang])));
      return;
    }
    const named = [...feeds].sort((a, b) => a.label[lang].localeCompare(b.label[lang], lang));
    const choose = h("select", { "aria-label": t("feeds") }, named.map(({ feed, label }) =>
      h("option", { value: feed, selected: feed === state.feed }, label[lang])));
    choose.addEventListener("change", () => go(link({ feed: choose.value })));
    this.feeds.replaceChildren(choose);
  }
}
