// <run-selection>: ticks in a form, counted, and kept while the list refreshes or turns its pages.
//
// Inside: a <form> with checkboxes named `runs` (or as its attribute `name` says), <input type="checkbox" data-select-all>, an <output>,
// and buttons with data-needs="1" (or 2) that wait for so many ticks and data-at-most for no more.
// Shift-click ticks the rows between. The address (`runs=a,b`), the tabs and the filter box keep the ticks, so that a
// link shows them too; what was ticked on other pages is in hidden fields. Without script it is a form with buttons.

// More would make an address too long to pass on.
const MOST_IN_ADDRESS = 100;

class RunSelection extends HTMLElement {
  #last = null;
  #chosen = new Set();

  connectedCallback() {
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("change", (event) => this.#change(event));
    this.addEventListener("live:changed", () => this.#restore());
    this.addEventListener("htmx:after:swap", () => this.#restore());
    this.addEventListener("scroll", (event) => this.#scroll(event.target), { capture: true, passive: true });
    addEventListener("pageshow", () => this.#read());
    for (const field of this.querySelectorAll(`[data-carried] input[name="${this.#name}"]`)) this.#chosen.add(field.value);
    this.#read();
  }

  get #name() {
    return this.getAttribute("name") ?? "runs";
  }

  get #boxes() {
    return [...this.querySelectorAll(`input[type="checkbox"][name="${this.#name}"]`)];
  }

  #click(event) {
    const box = event.target.closest?.(`input[type="checkbox"][name="${this.#name}"]`);
    if (!box) return;
    const boxes = this.#boxes;
    const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(box)];
    if (event.shiftKey && from >= 0) {
      for (const between of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) between.checked = box.checked;
      this.#read();
    }
    this.#last = box;
  }

  // The cells of a long table that stay in place do so once it is scrolled sideways.
  #scroll(box) {
    box.querySelector?.("table.long")?.classList.toggle("sideways", box.scrollLeft > 0);
  }

  #change(event) {
    if (event.target.matches("[data-select-all]")) {
      for (const box of this.#boxes) box.checked = event.target.checked;
    }
    this.#read();
  }

  // What is ticked on this page joins what was ticked on others.
  #read() {
    for (const box of this.#boxes) {
      if (box.checked) this.#chosen.add(box.value);
      else this.#chosen.delete(box.value);
    }
    this.#tell();
  }

  #restore() {
    for (const box of this.#boxes) box.checked = this.#chosen.has(box.value);
    this.#tell();
  }

  #tell() {
    const boxes = this.#boxes;
    const here = new Set(boxes.map((box) => box.value));
    this.#carry([...this.#chosen].filter((run) => !here.has(run)));
    this.#keep();

    const count = this.#chosen.size;
    const output = this.querySelector("output");
    if (output) output.textContent = count ? `${count} selected` : "None selected";
    for (const button of this.querySelectorAll("[data-needs]")) {
      const most = Number(button.dataset.atMost) || Infinity;
      button.disabled = count < Number(button.dataset.needs) || count > most;
    }
    const all = this.querySelector("[data-select-all]");
    if (all) {
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  }

  // Where a link or a reload leads says which runs are ticked.
  #keep() {
    const runs = this.#chosen.size <= MOST_IN_ADDRESS ? [...this.#chosen].join(",") : "";
    const here = withChosen(location.href, this.#name, runs);
    if (here !== location.href) history.replaceState(history.state, "", here);
    for (const link of document.querySelectorAll(".tabs a")) link.href = withChosen(link.href, this.#name, runs);
    const form = document.getElementById("query_form");
    if (!form) return;
    for (const field of form.querySelectorAll(`input[name="${this.#name}"]`)) field.remove();
    if (runs) form.append(this.#hidden(runs));
  }

  // Runs chosen on other pages go along as hidden fields.
  #carry(runs) {
    const place = this.querySelector("[data-carried]");
    place?.replaceChildren(...runs.map((run) => this.#hidden(run)));
  }

  #hidden(value) {
    return Object.assign(document.createElement("input"), { type: "hidden", name: this.#name, value });
  }
}

function withChosen(address, name, chosen) {
  const url = new URL(address);
  const rest = url.search.slice(1).split("&").filter((part) => part && !part.startsWith(`${name}=`));
  url.search = [...rest, ...(chosen ? [`${name}=${chosen.split(",").map(encodeURIComponent).join(",")}`] : [])].join("&");
  return url.href;
}

customElements.define("run-selection", RunSelection);
