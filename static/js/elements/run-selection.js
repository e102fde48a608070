// <run-selection>: ticks in a form, counted, and kept while the list refreshes or turns its pages.
//
// Inside: a <form> with checkboxes named `runs`, <input type="checkbox" data-select-all>, an <output>,
// and buttons with data-needs="1" (or 2) that wait for so many ticks and data-at-most for no more.
// Shift-click ticks the rows between. Without script it is a form with buttons.

class RunSelection extends HTMLElement {
  #last = null;
  #chosen = new Set();

  connectedCallback() {
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("change", (event) => this.#change(event));
    this.addEventListener("live:changed", () => this.#restore());
    this.addEventListener("htmx:after:swap", () => this.#restore());
    addEventListener("pageshow", () => this.#read());
    this.#read();
  }

  get #boxes() {
    return [...this.querySelectorAll('input[name="runs"]')];
  }

  #click(event) {
    const box = event.target.closest?.('input[name="runs"]');
    if (!box) return;
    const boxes = this.#boxes;
    const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(box)];
    if (event.shiftKey && from >= 0) {
      for (const between of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) between.checked = box.checked;
      this.#read();
    }
    this.#last = box;
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

  // Runs chosen on other pages go along as hidden fields.
  #carry(runs) {
    const place = this.querySelector("[data-carried]");
    place?.replaceChildren(
      ...runs.map((run) => Object.assign(document.createElement("input"), { type: "hidden", name: "runs", value: run })),
    );
  }
}

customElements.define("run-selection", RunSelection);
