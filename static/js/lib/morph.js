// Turns one tree into another by the fewest changes, so that scroll, focus, ticks, open menus and
// drawn figures outlive a refresh.

// What people do to these is theirs, not the server's.
const OWN_ATTRIBUTES = {
  DETAILS: ["open"],
  INPUT: ["checked", "value"],
  TEXTAREA: [],
  OPTION: ["selected"],
  // A figure says itself whether it is drawn.
  "PLOT-FIGURE": ["class", "role", "aria-label"],
};
// Elements that fill themselves: their children are not the server's.
const SELF_FILLED = new Set(["PLOT-FIGURE", "COPY-BUTTON", "TEXTAREA"]);

export function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || key(from) !== key(to)) {
    from.replaceWith(to);
    return;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  if (from.isEqualNode(to)) return;
  morphAttributes(from, to);
  if (!SELF_FILLED.has(from.nodeName)) morphChildren(from, to);
}

function key(node) {
  return node.id || node.dataset?.key || "";
}

function morphAttributes(from, to) {
  const own = OWN_ATTRIBUTES[from.nodeName] ?? [];
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !own.includes(name) && !name.startsWith("data-own-")) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !own.includes(name)) from.setAttribute(name, value);
  }
}

function morphChildren(from, to) {
  const keyed = new Map([...from.children].filter(key).map((child) => [key(child), child]));
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const match = key(wanted) ? keyed.get(key(wanted)) : alike(at, wanted) ? at : null;
    if (!match) {
      from.insertBefore(wanted, at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else from.insertBefore(match, at);
    morph(match, wanted);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function alike(node, wanted) {
  return node && node.nodeType === wanted.nodeType && node.nodeName === wanted.nodeName && !key(node);
}
