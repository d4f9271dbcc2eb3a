/** The strip below the tiles: rates with both their numbers; each opens its lists, and says when nothing has arisen. */
import { drawRate, infoButton } from "./counted.js";
import { h, mark, say } from "./dom.js";

export class Rates {
  constructor(described, ctx) {
    this.ctx = ctx;
    this.rates = described.map((one) => this.one(one));
    this.stamp = h("p", { class: "stamp" });
    const list = h("ul", null, this.rates.map((rate) => rate.element));
    this.element = described.length ? h("section", { class: "rates card", "aria-label": ctx.t("rates") }, list, this.stamp) : null;
  }

  one(described) {
    const figure = h("a", { class: "figure", title: this.ctx.t("opensList") });
    const of = h("span", { class: "of" });
    const info = infoButton(described, this.ctx, () => this.state);
    const head = h("h2", null, described.label[this.ctx.lang], " ", info);
    const element = h("li", { "data-rate": described.name }, head, h("p", null, figure, of));
    return { described, figure, of, element };
  }

  update(state, freshness) {
    this.state = state;
    for (const { described, ...places } of this.rates) drawRate(described, state.rates[described.name], state, places, this.ctx);
    if (!this.element) return;
    mark(this.element, "data-silent", state.sources.current < state.sources.of);
    say(this.stamp, freshness.stamp);
    mark(this.stamp, "title", freshness.title);
  }
}
