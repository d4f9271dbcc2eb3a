/** The board: banner, tiles, rates, agencies, trend and ticker, drawn from one state at most once per frame. */
import { Agencies } from "./agencies.js";
import { h, mark } from "./dom.js";
import { CaseMap } from "./map.js";
import { Notices } from "./notices.js";
import { Rates } from "./rates.js";
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
    this.notices = new Notices(ctx);
    const tiles = h("section", { class: "tiles" }, this.tiles.map((tile) => tile.element));
    const panels = [this.rates.element, this.map?.element, this.agencies.element, this.trend.element, this.ticker.element];
    this.grid = h("main", { class: "board" }, tiles, panels);
    this.elements = [this.notices.element, this.grid];
  }

  /** False where the tiles themselves changed, or a map came or went, so that the board must be built anew. */
  update(state, freshness) {
    if (shape(state) !== this.shape) return false;
    mark(this.grid, "data-state", freshness.state);
    this.notices.update(state, freshness, surging);
    for (const tile of this.tiles) tile.update(state, freshness);
    this.rates.update(state, freshness);
    this.map?.update(state);
    this.agencies.update(state);
    this.trend.update(state);
    this.ticker.update(state);
    return true;
  }

  close() {
    this.trend.close();
  }
}

/** What a board is built by. */
const shape = ({ meta, places }) => JSON.stringify([meta.tiles, meta.rates, meta.surge, Boolean(places)]);
