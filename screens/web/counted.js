/** What every measure is drawn with: its rate with both numbers, the links to their lists, and its definition. */
import { dialog, h, mark } from "./dom.js";
import { number, rate } from "./format.js";
import { link } from "./route.js";

/** The list behind one number of a measure, at the state's instant and position. */
export function listOf({ name }, role, { at, position }) {
  return link({ list: name, role: role === "where" ? null : role, at, position });
}

/** `99,79 %` into one element, `numerator/denominator` into another, each number a link to its list. */
export function drawRate(described, { num, den }, state, { figure, of }, { lang, t }) {
  const text = rate(num, den, lang);
  figure.classList.toggle("none", text === null);
  if (figure.textContent !== (text ?? t("notArisen"))) {
    const sign = text?.match(/\s?%/)[0] ?? "";
    figure.replaceChildren(text ? text.slice(0, -sign.length) : t("notArisen"), h("small", null, sign));
  }
  mark(figure, "href", listOf(described, "where", state));
  of.replaceChildren(
    h("a", { href: listOf(described, "numerator", state) }, number(num, lang)),
    "/",
    h("a", { href: listOf(described, "denominator", state) }, number(den, lang)),
  );
}

/** The ⓘ; `stateNow` gives the state when it is asked. */
export function infoButton(described, { lang, t }, stateNow) {
  const info = h("button", { class: "bare info", "aria-label": `${t("definition")}: ${described.label[lang]}` }, "ⓘ");
  info.addEventListener("click", () => define(described, stateNow(), { lang, t }));
  return info;
}

/** What stands behind the ⓘ: words, rule, zone, owner, hash and position. */
function define({ label, explain, kind, sql }, state, { lang, t }) {
  const { meta } = state;
  const roles = { where: t("rule"), numerator: t("numerator"), denominator: t("denominator") };
  const rules = Object.entries(sql).filter(([role]) => kind === "count" || role !== "where");
  const facts = [
    ...rules.map(([role, text]) => [roles[role], h("code", null, text)]),
    [t("zone"), meta.zone],
    [t("owner"), meta.owner],
    [t("hash"), h("code", null, state.definitions)],
    [t("position"), h("code", null, state.position || "–")],
  ];
  const list = h("dl", null, facts.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
  const box = dialog(label[lang], h("p", null, explain[lang]), list, h("button", { onclick: () => box.close() }, t("close")));
}
