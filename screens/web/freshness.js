/** How far the numbers can be trusted now, in one state and one sentence, for the bar and for every tile. */
import { lasting, local } from "./format.js";

export const WORST = ["lost", "trouble", "waiting", "stale", "live"];

/** { state, word, stamp, title } from the board's state and the connection as live.js tells it. */
export function freshness(state, how, { lang, t }) {
  if (!state?.meta) return { state: how === "open" ? "waiting" : how, word: t(how === "open" ? "waiting" : how), stamp: "", title: "" };
  const { zone, rhythm_minutes: rhythm } = state.meta;
  const newest = state.newest && local(state.newest.received_at, zone);
  const behind = state.newest ? (Date.parse(state.at) - Date.parse(state.newest.received_at)) / 1000 : 0;
  const stale = behind > rhythm * 60;
  const kind = how !== "open" ? how : stale ? "stale" : newest ? "live" : "waiting";
  const [n, unit] = lasting(behind);
  const words = { stale: t("stale", { lasting: t(unit, { n }) }), waiting: newest ? t("waiting") : t("noEvents") };
  const today = newest && local(state.at, zone).date === newest.date;
  const asOf = newest ? t("asOf", { time: today ? newest.time : `${newest.time} ${newest.date}` }) : t("noEvents");
  const late = stale ? ` · ${words.stale}` : "";
  const sources = t("sources", state.sources);
  const silent = state.sources.silent.map(({ source, newest: at }) => {
    const since = local(at, zone);
    return t("silentSource", { source, time: `${since.time} ${since.date}` });
  });
  const exchanges = state.exchanges ?? [];
  return {
    state: kind,
    word: words[kind] ?? t(kind),
    asOf: newest ? asOf : "",
    sources,
    exchanges: exchanges.map((one) => ({ feed: one.feed, late: one.late.length > 0, text: t("exchanges", { ...one, label: one.label[lang] }) })),
    refolding: state.refolding ? t("refolding") : "",
    stamp: `${state.refolding ? `${t("refolding")} · ` : ""}${asOf}${late} · ${sources}${mark(state)}`,
    title: [...silent, ...exchanges.flatMap((one) => lateOnes(one, zone, { lang, t })), ...(state.refolding ? [t("refolding")] : []), auditWord(state, t)].join("\n"),
  };
}

/** A line per exchange that is silent for too long. */
const lateOnes = ({ label, late }, zone, { lang, t }) => late.map(({ name, since }) => {
  const known = since && local(since, zone);
  const said = { label: label[lang], name: name[lang] };
  return known ? t("silentExchange", { ...said, time: `${known.time} ${known.date}` }) : t("neverExchanged", said);
});
const mark = (state) => (state.refused ? " · ✗" : state.published ? " · ✓" : "");
const auditWord = (state, t) => t(state.refused ? "notAudited" : state.published ? "audited" : "notPublished");
