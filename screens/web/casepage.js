/** One case: where it stands, the story of its deadline as the server tells it, and every event with both clocks. */
import { h } from "./dom.js";
import { lasting, local, number } from "./format.js";
import { api, fetched, link } from "./route.js";
import { shape, statusBadge, toneOfPhase } from "./shapes.js";

const HIDDEN = new Set(["status", "due_at", "agency", "receiving_agency", "channel", "procedure"]);
const LATE_RECEIPT_SECONDS = 60;
const TONE_OF_LINE = { submitted: "silent", received: "plain", counted: "plain", paused: "paused", restart: "soon", end: "early", delivered: "early" };
const ABOVE = new Set(["stands", "compared", "flags"]);  // told in cards of their own

export class CasePage {
  constructor(state, ctx, query) {
    this.ctx = ctx;
    this.meta = state.meta;
    this.today = state.today;
    this.case = query.case;
    this.codes = [query.case];
    this.body = h("div", { class: "parts" }, h("p", { class: "empty" }, ctx.t("loading")));
    const crumb = h("p", { class: "crumb" }, h("a", { href: link({}) }, `← ${ctx.t("back")}`));
    this.elements = [h("main", { class: "page case" }, h("header", null, h("div", null, crumb, h("h2", null, query.case))), this.body)];
    this.load();
  }

  /** Asks again when an event of this case arrives, and on a new day. */
  update(state) {
    const turned = this.today !== state.today;
    this.today = state.today;
    if (turned) this.load();
    const newest = state.ticker.find((event) => this.codes.includes(event.case_id));
    const mark = newest && `${newest.offset}`;
    if (!mark || mark === this.seen) return;
    this.seen = mark;
    this.load();
  }

  async load() {
    const { t, lang } = this.ctx;
    try {
      const found = await fetched(api(this.ctx.feed, `cases/${encodeURIComponent(this.case)}`, { lang }));
      this.body.replaceChildren(...this.parts(found));
    } catch (error) {
      this.body.replaceChildren(h("p", { class: "empty" }, h("strong", null, t("failed")), error.message));
    }
  }

  parts({ case: row, codes, agencies, story, events, repeats, at }) {
    this.codes = codes;
    const { lang, t } = this.ctx;
    const said = (kind) => story.find((line) => line.kind === kind);
    const { tone, text } = said("stands");
    const sentence = h("section", { class: "card verdict", "data-tone": tone }, shape(tone),
      h("p", null, text, " ", h("span", { class: "muted" }, said("compared").text)));
    const flags = row.flags.length ? h("section", { class: "card flags" }, h("h3", null, t("toLookAt")), h("ul", null, row.flags.map((flag) => this.flag(flag)))) : null;
    const history = h("section", { class: "card" }, h("h3", null, t("history")), h("ol", { class: "timeline" }, events.map((event) => this.event(event))));
    const now = local(at, this.meta.zone);
    const notes = [repeats ? t("repeats", { n: number(repeats, lang) }) : null, t("clock", { time: `${now.time} ${now.date}` })];
    return [sentence, this.facts(row, agencies, codes.filter((code) => code !== this.case)), this.story(story), flags, history, h("p", { class: "crumb" }, notes.filter(Boolean).join(" · "))].filter(Boolean);
  }

  /** Its course as a time line, and beside it due dates, outcomes, letter and cause. */
  story(lines) {
    const { t } = this.ctx;
    const step = (line) => h("li", { "data-kind": line.kind }, h("time", { datetime: line.from }, line.time), shape(TONE_OF_LINE[line.kind]), h("p", null, line.text));
    const said = (line) => h("li", { "data-kind": line.kind, "data-tone": line.tone ?? "plain" }, shape(line.tone ?? "plain"), h("p", null, line.text));
    const course = lines.filter((line) => line.time);
    const rest = lines.filter((line) => !line.time && !ABOVE.has(line.kind));
    return h("div", { class: "story" },
      course.length ? h("section", { class: "card" }, h("h3", null, t("course")), h("ol", { class: "course" }, course.map(step))) : null,
      rest.length ? h("section", { class: "card" }, h("h3", null, t("deadline")), h("ul", { class: "told" }, rest.map(said))) : null);
  }

  flag(code) {
    const said = this.meta.flags[code];
    const { lang } = this.ctx;
    return h("li", null, h("strong", null, said?.label[lang] ?? code), " ", h("span", { class: "muted" }, said?.why[lang] ?? ""));
  }

  facts(row, agencies, others) {
    const { lang, t } = this.ctx;
    const { meta } = this;
    const name = (code) => (code ? [meta.agencies[code] ?? code, h("small", null, code)] : t("noAgency"));
    const when = (at) => (at ? [local(at, meta.zone).date, h("small", null, local(at, meta.zone).time)] : "–");
    const facts = [
      ["codes", others.join(", ")],
      ["status", statusBadge(meta, row.status, lang)],
      ["agency", meta.hide_below === undefined && name(row.agency)],
      ["receiving_agency", row.receiving_agency && name(row.receiving_agency)],
      ["responsible_agency", agencies.responsible && name(agencies.responsible.code)],
      ["channel", meta.channels[row.channel]?.[lang] ?? row.channel],
      ["procedure", row.procedure],
      ["entered_at", when(row.entered_at)],
      ["due_at", when(row.due_at)],
      ["resolved_at", when(row.resolved_at)],
      ["delivered_at", row.delivered_at && when(row.delivered_at)],
    ];
    const shown = facts.filter(([, value]) => value);
    return h("dl", { class: "card facts" }, shown.map(([key, value]) => h("div", null, h("dt", null, t(key)), h("dd", null, value))));
  }

  event(event) {
    const { lang, t } = this.ctx;
    const { meta } = this;
    const status = meta.statuses[event.status];
    const occurred = local(event.occurred_at, meta.zone);
    const received = local(event.received_at, meta.zone);
    const lag = (Date.parse(event.received_at) - Date.parse(event.occurred_at)) / 1000;
    const [n, unit] = lasting(Math.max(0, lag));
    const after = lag > LATE_RECEIPT_SECONDS ? `, ${t("after", { lasting: t(unit, { n: number(n, lang) }) })}` : "";
    const rest = Object.entries(event.data).filter(([key]) => !HIDDEN.has(key)).map(([key, value]) => `${key}: ${value}`);
    const due = event.due_at ? [`${t("due_at")} ${local(event.due_at, meta.zone).date}`] : [];
    const agency = event.agency ? [meta.agencies[event.agency] ?? event.agency] : [];
    return h("li", { "data-counts": event.counts },
      h("time", { datetime: event.occurred_at }, `${occurred.time} ${occurred.date}`,
        h("small", null, t("received", { time: received.date === occurred.date ? received.time : `${received.time} ${received.date}` }), after)),
      shape(toneOfPhase(status?.phase)),
      h("div", null, h("strong", null, status ? status[lang] : event.type),
        h("span", { class: "more" }, [...agency, ...due, ...rest].join(" · ")),
        h("span", { class: "more" }, `${event.source} · ${event.place}`),
        event.counts ? null : h("span", { class: "more" }, t("notCounted"))));
  }
}
