// Which line is looked at: the same in all charts, legends and tables of the page.
//
// What stands for a line has data-line="<run id or key of a group>"; a pointer over it, or focus in it, says so.
// Charts listen to "line:focus" on the document.

let current = null;

export function focusLine(id) {
  if (id === current) return;
  current = id;
  for (const element of document.querySelectorAll("[data-line]")) element.classList.toggle("lit", element.dataset.line === id);
  document.dispatchEvent(new CustomEvent("line:focus", { detail: id }));
}

export const focusedLine = () => current;

function follow(event) {
  const over = event.target.closest?.("[data-line]");
  if (over) focusLine(over.dataset.line);
  else if (!event.target.closest?.("plot-figure")) focusLine(null);
}

document.addEventListener("pointerover", follow);
document.addEventListener("focusin", follow);
