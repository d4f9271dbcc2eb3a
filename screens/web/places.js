/** What a map is drawn from, in its own units: frame, cells, marks and their neighbours; nothing of the page. */
import { decimal } from "./format.js";

export const WIDTH = 1000;
export const STANDS = ["late", "soon", "paused", "no_due_date", "in_time"]; // the most urgent first

/** Degrees to units: WIDTH across, and a degree of longitude shorter than one of latitude by where it is. */
export function projection(frame) {
  const [south, west, north, east] = frame.map(Number);
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = WIDTH / ((east - west) * squeeze);
  return { height: (north - south) * scale, x: (lon) => (lon - west) * squeeze * scale, y: (lat) => (north - lat) * scale };
}

const digits = (text) => (text.split(".")[1] ?? "").length;

/** A cell's south, west, north and east as its list is asked for: to the digits of the step, so exactly its edges. */
export function edges({ frame, step }, cell) {
  const [row, column] = cell.split(":").map(Number);
  const [south, west] = frame.map(Number);
  const size = Number(step);
  const all = [south + row * size, west + column * size, south + (row + 1) * size, west + (column + 1) * size];
  return all.map((degrees) => degrees.toFixed(digits(step)));
}

/** A cell in words. */
export function named(place, { t, lang }) {
  const [south, west, north, east] = place.map((degrees) => decimal(Number(degrees), digits(degrees), lang));
  return t("mapCell", { south, west, north, east });
}

export const sum = (counts) => Object.values(counts).reduce((n, more) => n + more, 0);
export const worst = (counts) => STANDS.find((stand) => counts[stand]);

/** Cases inside the frame by how they stand. */
export function standing({ cells }) {
  const all = Object.values(cells);
  return Object.fromEntries(STANDS.map((stand) => [stand, all.reduce((n, counts) => n + (counts[stand] ?? 0), 0)]));
}

/** Every mark: a case where few lie, else a cell with its counts. `asked`: what it opens. The most urgent last, so on top. */
export function marks(places) {
  const found = Object.entries(places.cells).flatMap(([cell, counts]) => {
    const cases = places.points[cell];
    if (cases) return Object.entries(cases).map(([id, [lat, lon, stand]]) => ({ key: id, lat, lon, stand, n: 1, asked: { case: id } }));
    const [south, west, north, east] = edges(places, cell).map(Number);
    const place = edges(places, cell).join(",");
    return [{ key: cell, lat: (south + north) / 2, lon: (west + east) / 2, stand: worst(counts), n: sum(counts), counts, asked: { place } }];
  });
  return found.sort((a, b) => STANDS.indexOf(b.stand) - STANDS.indexOf(a.stand) || b.lat - a.lat || a.lon - b.lon);
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Of points {x, y} the index of the one next to `from` in an arrow's direction; null where none is there. */
export function neighbour(points, from, key) {
  const way = WAYS[key];
  if (!way) return null;
  const distance = ({ x, y }) => {
    const [dx, dy] = [x - points[from].x, y - points[from].y];
    const along = dx * way[0] + dy * way[1];
    const across = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
    return along > 0 && across <= along * 2 ? along + across * 2 : Infinity;
  };
  const all = points.map(distance);
  const least = Math.min(...all);
  return least === Infinity ? null : all.indexOf(least);
}

/** Lines of the graticule: degrees at whole multiples of so many steps within the frame. */
export function graticule({ frame, step }, steps = 5) {
  const [south, west, north, east] = frame.map(Number);
  const by = Number(step) * steps;
  const lines = (from, to) => {
    const first = Math.ceil(from / by - 1e-9);
    return [...Array(Math.max(0, Math.floor(to / by + 1e-9) - first + 1)).keys()].map((n) => Number(((first + n) * by).toFixed(3)));
  };
  return { lats: lines(south, north), lons: lines(west, east) };
}
