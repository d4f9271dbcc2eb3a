/** The page of manual entry: template down, sheet up, then its wrong cells or how many rows were accepted. */
import { h } from "./dom.js";
import { number } from "./format.js";
import { api, fetched, read } from "./route.js";
import { speaker } from "./words.js";

const app = document.getElementById("app");
const query = read();
const lang = query.lang === "en" ? "en" : "vi";
const t = speaker(lang);

const address = (changes) => `/enter?${new URLSearchParams({ ...query, ...changes })}`;
const n = (count) => ({ n: number(count, lang) });

class Entry {
  constructor(feeds) {
    this.feed = feeds.some(({ feed }) => feed === query.feed) ? query.feed : feeds[0].feed;
    const choose = h("select", { id: "feed" }, feeds.map(({ feed, label }) => h("option", { value: feed, selected: feed === this.feed }, label[lang])));
    choose.addEventListener("change", () => location.assign(address({ feed: choose.value })));
    this.file = h("input", { id: "file", type: "file", accept: ".xlsx,.csv", required: true });
    this.who = h("input", { id: "who", maxlength: 200, required: true, autocomplete: "name" });
    this.button = h("button", { type: "submit" }, t("enterSend"));
    this.said = h("section", { class: "card", role: "status", "aria-live": "polite", hidden: true });
    const field = (name, label, input, why) => h("div", null, h("label", { for: name }, t(label)), input, why && h("small", { class: "muted" }, t(why)));
    this.form = h("form", { class: "card entry", onsubmit: (event) => this.submit(event) },
      field("feed", "enterFeed", choose),
      h("a", { class: "button", href: api(this.feed, "template.xlsx"), download: true }, t("enterTemplate")),
      field("who", "enterWho", this.who, "enterWhoWhy"),
      field("file", "enterFile", this.file),
      this.button);
    this.elements = [this.form, this.said];
  }

  async submit(event) {
    event.preventDefault();
    const [file] = this.file.files;
    if (!file || this.button.disabled) return;
    this.button.disabled = true;
    this.show(h("p", { class: "empty" }, t("enterSending")));
    try {
      const headers = { "X-Entered-By": encodeURIComponent(this.who.value) };
      const answer = await fetch(api(this.feed, "sheet", { file: file.name, lang }), { method: "POST", body: file, headers });
      const said = await answer.json();
      this.show(...(said.findings ? this.findings(said.findings) : said.error ? [failed(said.error)] : this.accepted(said)));
    } catch (error) {
      this.show(failed(error.message));
    } finally {
      this.button.disabled = false;
      this.file.value = ""; // a browser does not read again a file that changed since it was chosen
    }
  }

  show(...content) {
    this.said.hidden = false;
    this.said.replaceChildren(...content);
  }

  findings(rows) {
    return [h("h3", null, t("enterWrong", n(rows.length))), table(["cell", "value", "mend"], rows)];
  }

  accepted({ accepted, known, examples, refused }) {
    const more = [known && t("enterKnown", n(known)), examples && t("enterExamples", n(examples))].filter(Boolean);
    const told = [h("h3", null, t("enterAccepted", n(accepted))), h("ul", { class: "reasons" }, more.map((text) => h("li", null, text)))];
    return refused.length ? [...told, h("h3", null, t("enterRefused", n(refused.length))), table(["row", "mend"], refused)] : told;
  }
}

const failed = (why) => h("p", { class: "empty" }, h("strong", null, t("failed")), why);

function table(names, rows) {
  const head = h("tr", null, names.map((name) => h("th", null, t(name))));
  const line = (row) => h("tr", null, row.map((text, at) => h("td", { class: at ? "wide" : null }, String(text))));
  return h("div", { class: "scroll" }, h("table", null, h("thead", null, head), h("tbody", null, rows.map(line))));
}

function bar() {
  const language = (code, name) => h("a", { class: "button", href: address({ lang: code }), lang: code, "aria-current": code === lang ? "true" : null }, name);
  const board = `/?${new URLSearchParams({ ...(query.feed && { feed: query.feed }), ...(lang === "en" && { lang }) })}`;
  return h("header", { class: "bar" },
    h("h1", null, h("a", { href: board }, t("title"))),
    h("nav", { class: "switch push", "aria-label": "Ngôn ngữ / Language" }, language("vi", "VI"), language("en", "EN")));
}

async function start() {
  document.documentElement.lang = lang;
  document.title = `${t("enterTitle")} · IOC`;
  const head = h("header", null, h("div", null, h("h2", null, t("enterTitle")), h("p", { class: "muted" }, t("enterHow"))));
  const main = h("main", { class: "page list" }, head);
  app.replaceChildren(bar(), main);
  try {
    const { feeds } = await fetched("/api/manual");
    main.append(...(feeds.length ? new Entry(feeds).elements : [h("p", { class: "empty" }, t("enterNone"))]));
  } catch (error) {
    main.append(failed(error.message));
  }
}

start();
