// Keys: / search, Ctrl-K jump, g and a letter go, j k rows, x select, b baseline, e edit, c compare, Enter open, ? the list.
//
// What a page has no link or button for does nothing. `data-key-press` names the keys of a link or button.

const rows = () => [...document.querySelectorAll("tr[data-key]")].filter((row) => row.offsetParent !== null);
let pending = "";
let pendingTimer = 0;

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("at"));
  const next = all[Math.max(0, Math.min(all.length - 1, at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by))];
  all[at]?.classList.remove("at");
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a")?.focus({ preventScroll: true });
}

const current = () => document.querySelector("tr.at") ?? document.activeElement?.closest("tr[data-key]");
const press = (selector, root = document) => root?.querySelector(selector)?.click();

const KEYS = {
  "/": () => document.querySelector("[data-search]")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: () => press('input[type="checkbox"]', current()),
  b: () => press(".set-base", current()),
  e: () => (current()?.querySelector("edit-here a") ?? document.querySelector('[data-key-press="e"]'))?.click(),
  "?": () => document.getElementById("keys")?.showModal(),
};

function open() {
  const palette = document.querySelector("jump-palette");
  if (palette?.open) palette.open();
  else document.querySelector(".jump input")?.focus();
}

function typing(target) {
  return target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
}

// Keys of a link or button of this page: "c", "e", "g r".
function pressed(name) {
  const target = document.querySelector(`[data-key-press="${name}"]:not(:disabled)`);
  target?.click();
  return Boolean(target);
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    open();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const name = pending ? `${pending} ${event.key}` : event.key;
  clearTimeout(pendingTimer);
  pending = event.key === "g" && !pending ? "g" : "";
  pendingTimer = setTimeout(() => (pending = ""), 1500);
  if (KEYS[name]) {
    event.preventDefault();
    KEYS[name]();
  } else if (/^(g )?[a-z]$/.test(name) && pressed(name)) {
    event.preventDefault();
  }
});
