/** Marks of a map: each stand has a shape beside its colour, as badges have; a number stands in the shape of its worst. */
import { s } from "./dom.js";

const TONES = { late: "late", soon: "soon", paused: "paused", no_due_date: "silent", in_time: "on_due_date" };
const POINT = { desk: 6, wall: 8 };
const [LEAST, MOST] = [11, 15]; // of a cell's shape, in units

export const toneOfStand = (stand) => TONES[stand] ?? "plain";

const square = (r) => `M${-r} ${-r}H${r}V${r}H${-r}Z`;
const diamond = (r) => `M0 ${-r * 1.3}L${r * 1.3} 0L0 ${r * 1.3}L${-r * 1.3} 0Z`;
const round = (r) => `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;
const bars = (r) => `M${-r} ${-r}H${-r * 0.25}V${r}H${-r}ZM${r * 0.25} ${-r}H${r}V${r}H${r * 0.25}Z`;
const OUTLINES = { late: square, soon: diamond, paused: bars, no_due_date: round, in_time: round };

/** One mark around 0, 0. */
export function glyph({ stand, n, counts }, text, view) {
  if (!counts) return [s("path", { class: stand === "no_due_date" ? "shape hollow" : "shape", d: OUTLINES[stand](POINT[view]) })];
  const r = Math.min(MOST, LEAST + Math.log10(n) * 2.5);
  const outline = stand === "paused" ? square : OUTLINES[stand];
  return [s("path", { class: "shape many", d: outline(r) }), s("text", { "text-anchor": "middle", dy: "0.35em" }, text)];
}
