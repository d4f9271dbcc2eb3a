/** Numbers, rates, dates and times as a person here writes them, in the feed's zone whatever the machine's. */
const SPACE = "\u00a0";
const numbers = { vi: new Intl.NumberFormat("vi-VN"), en: new Intl.NumberFormat("en-GB") };
const clocks = new Map();

export const number = (n, lang) => numbers[lang].format(n);
/** With so many decimals; a dash where nothing has arisen or been said. */
export function decimal(n, decimals, lang) {
  if (n === null || n === undefined) return "–";
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(lang === "vi" ? "vi-VN" : "en-GB", options).format(n);
}
export const signed = (n, lang) => (n > 0 ? "+" : n < 0 ? "−" : "±") + number(Math.abs(n), lang);

/** `99,79 %`: always two decimals, cut so that only all is 100 and only nothing is 0. Null where nothing divides. */
export function rate(part, whole, lang) {
  if (!whole) return null;
  let hundredths = Math.round((part / whole) * 10000);
  if (hundredths === 10000 && part < whole) hundredths = 9999;
  if (hundredths === 0 && part > 0) hundredths = 1;
  const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")}`;
  return lang === "en" ? `${text}%` : `${text.replace(".", ",")}${SPACE}%`;
}

/** An instant's local parts in a zone: { date: "05/03/2024", time: "09:41:07", minutes: "09:41" }. */
export function local(instant, zone) {
  if (!clocks.has(zone)) {
    const options = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" };
    clocks.set(zone, new Intl.DateTimeFormat("en-GB", { ...options, hourCycle: "h23", timeZone: zone }));
  }
  const parts = Object.fromEntries(clocks.get(zone).formatToParts(new Date(instant)).map((p) => [p.type, p.value]));
  const minutes = `${parts.hour}:${parts.minute}`;
  return { date: `${parts.day}/${parts.month}/${parts.year}`, time: `${minutes}:${parts.second}`, minutes, hour: Number(parts.hour) };
}

/** `2024-03-05` -> `05/03/2024`. */
export const day = (iso) => iso.split("-").reverse().join("/");

/** Whole days from one ISO date to another. */
export const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / 86400000);

const UNITS = [
  [86400, "days"],
  [3600, "hours"],
  [60, "minutes"],
  [0, "seconds"],
];

/** Seconds as [count, unit], in the largest unit that leaves at least two (90 minutes stay minutes). */
export function lasting(seconds) {
  const [size, unit] = UNITS.find(([least]) => seconds >= 2 * least) ?? UNITS.at(-1);
  return [Math.floor(seconds / (size || 1)), unit];
}
