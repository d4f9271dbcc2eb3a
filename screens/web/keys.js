/** The keyboard does everything the mouse does. */
import { dialog, h } from "./dom.js";
import { go, here, link, read } from "./route.js";

const PAIR_MS = 1000;

export function help({ t }) {
  const keys = [
    [["/"], "helpSearch"],
    [["j", "k"], "helpRows"],
    [["Enter"], "helpOpen"],
    [["Esc"], "helpBack"],
    [["g w", "g d"], "helpWall"],
    [["g v", "g e"], "helpLang"],
    [["?"], "helpHelp"],
  ];
  const rows = keys.flatMap(([names, word]) => [
    h("dt", null, names.flatMap((name, n) => [n ? " " : "", h("kbd", null, name)])),
    h("dd", null, t(word)),
  ]);
  const box = dialog(t("help"), h("dl", null, rows), h("button", { onclick: () => box.close() }, t("close")));
}

/** The row below or above the chosen one becomes the chosen one. */
function step(by) {
  const rows = [...document.querySelectorAll("main tbody tr")].filter((row) => !row.hidden && row.querySelector("a[href]"));
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains("here"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + by))] ?? rows[0];
  rows[at]?.classList.remove("here");
  next.classList.add("here");
  next.scrollIntoView({ block: "nearest" });
}

function back() {
  const query = read();
  if (query.case || query.list || query.aside || query.flags) history.length > 1 ? history.back() : go(link({}));
}

const PAIRS = {
  w: () => go(here({ view: "wall" })),
  d: () => go(here({ view: null })),
  v: () => go(here({ lang: null })),
  e: () => go(here({ lang: "en" })),
};

/** `ctx()` gives the page's present words. */
export function listen(ctx) {
  let since = -PAIR_MS;
  const single = {
    "/": () => document.querySelector(".find input")?.focus(),
    "?": () => help(ctx()),
    j: () => step(1),
    k: () => step(-1),
    Enter: () => document.querySelector("main tr.here a[href]")?.click(),
    Escape: back,
    g: (event) => (since = event.timeStamp),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target.closest("a, button")) return;
    const pair = event.timeStamp - since < PAIR_MS ? PAIRS[event.key] : null;
    const action = pair ?? single[event.key];
    if (!action) return;
    event.preventDefault();
    if (pair) since = -PAIR_MS;
    action(event);
  });
}
