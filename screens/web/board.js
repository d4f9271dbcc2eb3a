/** The board: banner, tiles, rates, agencies, trend and ticker, drawn from one state at most once per frame. */
import { Agencies } from "./agencies.js";
import { h, mark } from "./dom.js";
import { day, local } from "./format.js";
import { CaseMap } from "./map.js";
import { Rates } from "./rates.js";
import { shapeOf } from "./shapes.js";
import { SurgeTile, surging } from "./surge.js";
import { Ticker } from "./ticker.js";
import { Tile } from "./tile.js";
import { Trend } from "./trend.js";

export class Board {
  constructor(state, ctx) {
    this.ctx = ctx;
    const described = state.meta.tiles;
    this.shape = shape(state);
    this.tiles = described.map((tile) => new Tile(tile, ctx));
    if (state.meta.surge) this.tiles.splice(1, 0, new SurgeTile(ctx));
    this.rates = new Rates(state.meta.rates, ctx);
    this.agencies = new Agencies(described, ctx);
    this.map = state.places && new CaseMap(ctx);
    this.trend = new Trend(state.feed, ctx);
    this.ticker = new Ticker(ctx);
    this.notices = h("div", { class: "notices" });
    const tiles = h("section", { class: "tiles" }, this.tiles.map((tile) => tile.element));
    const panels = [this.rates.element, this.map?.element, this.agencies.element, this.trend.element, this.ticker.element];
    this.grid = h("main", { class: "board" }, tiles, panels);
    this.elements = [this.notices, this.grid];
  }

  /** False where the tiles themselves changed, or a map came or went, so that the board must be built anew. */
  update(state, freshness) {
    if (shape(state) !== this.shape) return false;
    mark(this.grid, "data-state", freshness.state);
    this.notify(state, freshness);
    for (const tile of this.tiles) tile.update(state, freshness);
    this.rates.update(state, freshness);
    this.map?.update(state);
    this.agencies.update(state);
    this.trend.update(state);
    this.ticker.update(state);
    return true;
  }

  notify(state, freshness) {
    const { t } = this.ctx;
    const notices = [];
    const stopped = freshness.state === "lost" || freshness.state === "trouble";
    if (stopped) {
      const at = local(state.at, state.meta.zone);
      notices.push(notice("late", t(freshness.state), t("lostLong", { time: `${at.time} ${at.date}` })));
    }
    if (state.refused) {
      const { covers_from: from, covers_to: to, checks, reason } = state.refused;
      const found = checks.map(({ check, observed }) => t("found", { check, observed })).join("; ") || reason;
      notices.push(notice("late", t("refused"), `${t("refusedSay", { from: day(from), to: day(to) })} ${found}`));
    }
    for (const { dag, task, what, at } of state.alerts ?? []) {
      const since = local(at, state.meta.zone);
      notices.push(notice("late", t("alert"), t("alertSay", { dag, task, what, time: `${since.time} ${since.date}` })));
    }
    for (const { text, href } of stopped ? [] : surging(state, this.ctx)) notices.push(notice("soon", t("surge"), text, href));
    const drawn = notices.map((element) => element.textContent).join("\n");
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.notices.replaceChildren(...notices);
  }

  close() {
    this.trend.close();
  }
}

/** What a board is built by. */
const shape = ({ meta, places }) => JSON.stringify([meta.tiles, meta.rates, meta.surge, Boolean(places)]);

const notice = (tone, word, text, href) =>
  h("p", { class: "notice", role: "alert", "data-tone": tone }, h("strong", null, `${shapeOf(tone)} ${word}`), h(href ? "a" : "span", { href }, text));
