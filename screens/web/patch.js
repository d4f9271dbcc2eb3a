/** JSON merge patch (RFC 7386) in place of a whole state: objects by key, null removes, lists whole. */
export function patched(state, patch) {
  const next = { ...state };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete next[key];
    else if (isObject(value)) next[key] = patched(isObject(next[key]) ? next[key] : {}, value);
    else next[key] = value;
  }
  return next;
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
