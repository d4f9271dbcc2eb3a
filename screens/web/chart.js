/** The drawing of published days: what was resolved against the due date, what came in, and what stayed open. */
import { day, number } from "./format.js";

const SERIES = [
  { name: "early", tone: "--early", shape: "▲" },
  { name: "on_due_date", tone: "--on-due-date", shape: "●" },
  { name: "no_due_date", tone: "--paused", shape: "‖" },
  { name: "late", tone: "--late", shape: "■" },
];
const STOCKS = [
  { name: "open_end", tone: "--accent" },
  { name: "open_end_overdue", tone: "--late" },
];

export const shown = (days) => SERIES.filter(({ name }) => name !== "no_due_date" || days.some((row) => row.no_due_date));

/** ECharts' options in our colours, sizes in rem, formats in our language. */
export function options(days, { t, lang }) {
  const style = getComputedStyle(document.documentElement);
  const rem = parseFloat(style.fontSize);
  const wall = document.documentElement.dataset.view === "wall";
  const size = rem * (wall ? 1 : 0.75);
  const colour = (name) => style.getPropertyValue(name).trim();
  const text = { color: colour("--muted"), fontFamily: "Be Vietnam Pro", fontSize: size };
  const grid = { left: rem * (wall ? 4.5 : 3.75), right: rem, containLabel: false };
  const dates = days.map((row) => row.day);
  const x = (index, label) => ({
    type: "category", data: dates, gridIndex: index, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--edge") } },
    axisLabel: { ...text, show: label, hideOverlap: true, formatter: (iso) => day(iso).slice(0, 5) },
  });
  const y = (index) => ({
    type: "value", gridIndex: index, splitNumber: index ? 1 : 2, axisLabel: { ...text, formatter: (n, place) => (index && place % 2 ? "" : number(n, lang)) },
    splitLine: { lineStyle: { color: colour("--edge") } }, minInterval: 1,
  });
  const bars = shown(days).map(({ name, tone }) => ({
    name: t(name), type: "bar", stack: "resolved", data: days.map((row) => row[name]), itemStyle: { color: colour(tone) },
    barCategoryGap: "25%", barMaxWidth: rem * 1.5,
  }));
  const fresh = {
    name: t("new"), type: "line", data: days.map((row) => row.new), symbol: "none", z: 5,
    lineStyle: { color: colour("--text"), width: rem * 0.125 }, itemStyle: { color: colour("--text") },
  };
  const stocks = STOCKS.map(({ name, tone }) => ({
    name: t(name), type: "line", xAxisIndex: 1, yAxisIndex: 1, data: days.map((row) => row[name]), symbol: "none",
    lineStyle: { color: colour(tone), width: rem * 0.125 }, itemStyle: { color: colour(tone) },
    areaStyle: { color: colour(tone), opacity: name === "open_end" ? 0.12 : 0.4 },
  }));
  return {
    animation: false,
    textStyle: { fontFamily: "Be Vietnam Pro" },
    aria: { enabled: true, decal: { show: !wall, decals: decals(colour("--card"), rem) }, label: { description: t("trend") } },
    grid: [{ ...grid, top: rem * 0.75, bottom: "42%" }, { ...grid, top: "66%", bottom: rem * (wall ? 2 : 1.75) }],
    xAxis: [x(0, false), x(1, true)],
    yAxis: [y(0), y(1)],
    axisPointer: { link: [{ xAxisIndex: "all" }], lineStyle: { color: colour("--muted") } },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("--card"), borderColor: colour("--edge"),
      textStyle: { ...text, color: colour("--text"), fontSize: rem * 0.8125 },
      formatter: (points) => [day(points[0].axisValue), ...points.map((p) => `${p.seriesName}: ${number(p.value, lang)}`)].join("\n"),
    },
    series: [...bars, fresh, ...stocks],
  };
}

/** Marks on the bars, so that they differ without colour: none, thin strokes, dots, thick strokes. */
function decals(color, rem) {
  const gap = rem * 0.25;
  return [
    { symbol: "none" },
    { color, dashArrayX: [1, 0], dashArrayY: [1.5, gap * 2], rotation: Math.PI / 4 },
    { color, symbol: "circle", symbolSize: 0.5, dashArrayX: [gap, gap], dashArrayY: [gap, gap] },
    { color, dashArrayX: [1, 0], dashArrayY: [2, gap], rotation: -Math.PI / 4 },
    { symbol: "none" },
  ];
}
