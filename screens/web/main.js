/** Where the page begins: the address says which page, the feed's stream says what is on it. */
import { AsidePage } from "./asidepage.js";
import { Bar } from "./bar.js";
import { Board } from "./board.js";
import { CasePage } from "./casepage.js";
import { h } from "./dom.js";
import { FlagsPage } from "./flagspage.js";
import { freshness } from "./freshness.js";
import { help, listen } from "./keys.js";
import { ListPage } from "./listpage.js";
import { ObservedBoard } from "./observedboard.js";
import { Live } from "./live.js";
import { fetched, followLinks, read } from "./route.js";
import { speaker } from "./words.js";

const ON_BOARD = ["by", "days", "map", "table"]; // change what a board shows, not which page it is
const app = document.getElementById("app");

class Page {
  constructor() {
    this.live = null;
    this.feed = null;
    this.key = null;
  }

  /** Follows the address: another feed gets another stream, another page is built. */
  async route() {
    const query = read();
    const feed = query.feed ?? (await this.first());
    if (feed !== this.feed) this.watch(feed);
    const key = JSON.stringify(Object.entries({ ...query, feed }).filter(([name]) => !ON_BOARD.includes(name)));
    if (key === this.key) return this.draw();
    this.key = key;
    this.build(query);
  }

  async first() {
    this.default ??= (await fetched("/api/feeds")).feeds[0].feed;
    return this.default;
  }

  watch(feed) {
    this.live?.close();
    this.feed = feed;
    this.live = new Live(feed, () => this.later(), () => this.later());
  }

  build(query) {
    const lang = query.lang === "en" ? "en" : "vi";
    const view = query.view === "wall" ? "wall" : "desk";
    Object.assign(document.documentElement, { lang });
    document.documentElement.dataset.view = view;
    this.ctx = { lang, view, t: speaker(lang), feed: this.feed };
    this.body?.close?.();
    this.body = null;
    this.bar = new Bar(this.feed, this.ctx, () => help(this.ctx));
    this.place = h("div", { class: "place" });
    app.replaceChildren(this.bar.element, this.place);
    scrollTo(0, 0);
    this.draw();
  }

  later() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (!this.bar) return;
    const state = this.live.state;
    const fresh = freshness(state, this.live.how, this.ctx);
    this.bar.update(state, fresh);
    if (!state?.meta) return;
    if (!this.body) this.open(state);
    if (this.body.update(state, fresh) === false) {
      this.body.close?.();
      this.open(state);
      this.body.update(state, fresh);
    }
  }

  open(state) {
    const query = read();
    const observed = state.meta.kind === "observation";
    const kind = observed ? ObservedBoard : query.case ? CasePage : query.list ? ListPage : query.aside ? AsidePage : query.flags ? FlagsPage : Board;
    this.body = new kind(state, this.ctx, query);
    this.place.replaceWith(...this.body.elements);
    for (const old of this.drawn ?? []) old.remove();
    this.drawn = this.body.elements;
  }
}

const page = new Page();
const routed = () => page.route().catch((error) => app.replaceChildren(h("p", { class: "empty" }, error.message)));
addEventListener("popstate", routed);
addEventListener("route", routed);
followLinks();
listen(() => page.ctx);
routed();
