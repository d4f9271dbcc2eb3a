/** Arriving events, newest first, at most twice a second however many arrive. */
import { h, say } from "./dom.js";
import { local, number } from "./format.js";
import { link } from "./route.js";
import { shape, toneOfPhase } from "./shapes.js";

const EVERY_MS = 500;
const RATE_MS = 10000;

export class Ticker {
  constructor(ctx) {
    this.ctx = ctx;
    this.list = h("ol");
    this.rate = h("span", { class: "rate" });
    this.counts = [];
    this.drawn = 0;
    const title = h("h2", null, ctx.t("ticker"));
    this.element = h("section", { class: "panel card ticker", "aria-label": ctx.t("ticker") }, h("header", null, title, this.rate), this.list);
  }

  update(state) {
    const now = performance.now();
    const events = state.position.split(".").reduce((sum, pair) => sum + Number(pair.split("-")[1] ?? 0), 0);
    this.counts = [...this.counts.filter(({ at }) => now - at < RATE_MS), { at: now, events }];
    if (now - this.drawn < EVERY_MS) return this.later(state);
    this.drawn = now;
    this.draw(state);
  }

  later(state) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.draw(state), EVERY_MS);
  }

  draw(state) {
    const { lang, t } = this.ctx;
    const [first, last] = [this.counts[0], this.counts.at(-1)];
    const seconds = (last.at - first.at) / 1000;
    const perSecond = seconds > 1 ? (last.events - first.events) / seconds : 0;
    say(this.rate, perSecond > 0 ? t("perSecond", { n: number(Math.round(perSecond * 10) / 10, lang) }) : "");
    if (!state.ticker.length) {
      this.list.replaceChildren(h("li", { class: "empty" }, h("strong", null, t("tickerNone")), t("tickerNoneWhy")));
      return;
    }
    this.list.replaceChildren(...state.ticker.map((event) => this.line(event, state.meta)));
  }

  line(event, meta) {
    const { lang, t } = this.ctx;
    const occurred = local(event.occurred_at, meta.zone);
    const received = local(event.received_at, meta.zone);
    const status = meta.statuses?.[event.status];
    return h(
      "li",
      null,
      h(
        "a",
        { href: meta.statuses ? link({ case: event.case_id }) : null, title: `${event.case_id} · ${t("occurred")} ${occurred.time} ${occurred.date}` },
        h("span", null, received.time),
        shape(toneOfPhase(status?.phase)),
        h("span", null, status ? status[lang] : event.type),
        h("span", { class: "case" }, event.case_id),
        h("span", { class: "agency muted" }, event.agency ? (meta.agencies[event.agency] ?? event.agency) : ""),
      ),
    );
  }
}
