/** Today by hour over the usual band, as SVG without text; and a rate as one bar. */
import { s } from "./dom.js";

const [WIDTH, HEIGHT] = [240, 40];

/** First and last hour that has anything to show, never fewer than eight hours. */
export function hoursShown(tile) {
  const busy = [...Array(24).keys()].filter((hour) => tile.hours[hour] > 0 || (tile.usual?.high[hour] ?? 0) > 0);
  let [first, last] = busy.length ? [busy[0], busy.at(-1)] : [7, 17];
  while (last - first < 8) [first, last] = [Math.max(0, first - 1), Math.min(23, last + 1)];
  return [first, last];
}

/** `hour`: the local hour now; its bar is lighter, for it is not over. */
export function hours(tile, hour) {
  const [first, last] = hoursShown(tile);
  const shown = [...Array(last - first + 1).keys()].map((n) => first + n);
  const usual = tile.usual;
  const most = Math.max(1, ...shown.map((at) => Math.max(tile.hours[at], usual?.high[at] ?? 0)));
  const step = WIDTH / shown.length;
  const y = (n) => HEIGHT - (n / most) * (HEIGHT - 2);
  const steps = (values) => shown.flatMap((at, n) => [[n * step, y(values[at])], [(n + 1) * step, y(values[at])]]);
  const path = (points) => `M${points.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join("L")}`;
  const bars = shown.map((at, n) => {
    const height = HEIGHT - y(tile.hours[at]);
    const box = { x: n * step + step * 0.28, y: HEIGHT - height, width: step * 0.44, height };
    return tile.hours[at] ? s("rect", { class: at === hour ? "bar-part" : "bar-now", ...box }) : null;
  });
  return s(
    "svg",
    { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    usual ? s("path", { class: "band", d: `${path([...steps(usual.high), ...steps(usual.low).reverse()])}Z` }) : null,
    bars,
    usual ? s("path", { class: "middle", d: path(steps(usual.middle)) }) : null,
  );
}

/** A bar per period of [[name, value], …], the newest at the right; a gap where nothing has arisen. */
export function course(points) {
  const most = Math.max(...points.map(([, value]) => value ?? 0)) || 1;
  const step = WIDTH / points.length;
  return s(
    "svg",
    { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    points.map(([, value], n) => {
      const height = ((value ?? 0) / most) * (HEIGHT - 2);
      const box = { x: n * step + step * 0.14, y: HEIGHT - height, width: step * 0.72, height };
      return value === null ? null : s("rect", { class: n === points.length - 1 ? "bar-now" : "bar-part", ...box });
    }),
  );
}

/** Numerator and the rest of the denominator, lengths true to the numbers. */
export function share(part, whole) {
  const width = whole ? (part / whole) * WIDTH : 0;
  const bar = { y: HEIGHT - 12, height: 8 };
  return s(
    "svg",
    { class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    s("rect", { class: "rest", x: 0, width: WIDTH, ...bar }),
    s("rect", { class: "part", x: 0, width, ...bar }),
    whole && part < whole ? s("rect", { class: "missed", x: width, width: WIDTH - width, ...bar }) : null,
  );
}
