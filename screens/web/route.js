/** Where one is stands in the address: a link, the back button and a bookmark all lead to what was seen. */
const KEPT = ["feed", "lang", "view"];

export const read = () => Object.fromEntries(new URLSearchParams(location.search));

/** An address with `changes`; of the present one only language, view and feed stay. Null removes. */
export function link(changes) {
  const now = read();
  const kept = Object.fromEntries(KEPT.filter((name) => now[name]).map((name) => [name, now[name]]));
  return href({ ...kept, ...changes });
}

/** The present address with `changes`. Null removes. */
export const here = (changes) => href({ ...read(), ...changes });

function href(query) {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(pairs).toString();
  return text ? `/?${text}` : "/";
}

/** Goes to an address of this page and tells `main.js`. */
export function go(address, { replace = false } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address);
  dispatchEvent(new Event("route"));
}

/** Links of this page are followed without loading it anew. */
export function followLinks() {
  document.addEventListener("click", (event) => {
    const anchor = event.target.closest("a[href]");
    if (!anchor || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    const url = new URL(anchor.getAttribute("href"), location); // a link in a drawing has no text as its href
    if (url.origin !== location.origin || url.pathname !== "/" || anchor.hasAttribute("download")) return;
    event.preventDefault();
    go(url.pathname + url.search);
  });
}

/** An API address of the feed. */
export function api(feed, path, query = {}) {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(pairs).toString();
  return `/api/${encodeURIComponent(feed)}/${path}${text ? `?${text}` : ""}`;
}

/** JSON of an address; an Error carries what the server said about the mend. */
export async function fetched(address, signal) {
  const answer = await fetch(address, { signal });
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.error), { status: answer.status });
  return body;
}
