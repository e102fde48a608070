// Keys: / search, Ctrl-K jump, g e experiments, j k rows, x select, Enter open, c compare, ? the list.

const rows = () => [...document.querySelectorAll("tr[data-key]")];
let pending = "";

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
  "/": () => document.querySelector('[name="q"][data-search]')?.focus(),
  j: () => move(1),
  k: () => move(-1),
  x: () => press('input[type="checkbox"]', current()),
  c: () => press('[data-key-press="c"]:not(:disabled)'),
  "?": () => document.getElementById("keys")?.showModal(),
  "g e": () => press('[data-key-press="g e"]'),
};

function typing(target) {
  return target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog");
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    document.querySelector(".jump input")?.focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const name = pending ? `${pending} ${event.key}` : event.key;
  pending = event.key === "g" && !pending ? "g" : "";
  const action = KEYS[name];
  if (!action) return;
  event.preventDefault();
  action();
});
