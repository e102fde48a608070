// <column-picker> around the form that chooses the columns of a run table.
//
// What is ticked joins the list of columns shown; these are put in order by dragging their grip, or with their arrows;
// keys are found as one types. Each change asks the server for the form as it is then: without script the same form
// does all of it, page by page. `data-offers-url` of the form answers it.
import { getHTML } from "../lib/http.js";

const PAUSE = 150;

class ColumnPicker extends HTMLElement {
  #request = null;
  #timer = 0;
  #dragged = null;

  connectedCallback() {
    this.form = this.querySelector("form");
    this.#tell();
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.addEventListener("input", (event) => event.target.name === "find" && this.#soon());
    this.addEventListener("change", (event) => event.target.name === "columns" && this.#refresh());
    this.addEventListener("pointerdown", (event) => this.#grip(event));
    this.addEventListener("pointermove", (event) => this.#drag(event));
    this.addEventListener("pointerup", () => this.#drop());
    this.addEventListener("pointercancel", () => this.#drop());
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#request?.abort();
  }

  #submit(event) {
    event.preventDefault();
    const { submitter } = event;
    if (submitter?.name === "move") {
      this.#move(submitter);
    } else if (submitter?.matches(".find, .add")) {
      this.#refresh();
    } else {
      const query = new URLSearchParams(new FormData(this.form));
      for (const name of ["columns", "pin"]) {
        const specs = query.getAll(name);
        query.delete(name);
        if (specs.length) query.set(name, specs.join(","));
      }
      for (const name of ["find", "at_of", "at_best"]) query.delete(name);
      location.assign(`${this.form.getAttribute("action")}?${String(query).replaceAll("%2C", ",")}`);
    }
  }

  // The list itself is put in order first, so that a later question, which gives up this one, still tells of the move.
  async #move(button) {
    const item = button.closest("[data-spec]");
    const [where] = button.value.split(":");
    if (where === "up") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    button.focus();
    await this.#refresh();
    const again = [...this.querySelectorAll("[data-spec]")].find((other) => other.dataset.spec === item.dataset.spec);
    const buttons = [...(again?.querySelectorAll("button:not(:disabled)") ?? [])];
    (buttons.find((other) => other.value.startsWith(where)) ?? buttons[0])?.focus();
  }

  // While something is looked for, what is found comes first.
  #tell() {
    this.form.classList.toggle("finding", this.form.elements.find.value.trim() !== "");
  }

  #soon() {
    this.#tell();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), PAUSE);
  }

  async #refresh() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = new AbortController();
    const query = new URLSearchParams(new FormData(this.form));
    try {
      const html = await getHTML(`${this.form.dataset.offersUrl}?${query}`, { signal: this.#request.signal });
      const fresh = new DOMParser().parseFromString(html, "text/html");
      for (const part of [".shown", ".offers"]) this.#replace(this.querySelector(part), fresh.querySelector(part));
    } catch {
      // The form still sends what it has.
    }
  }

  // What had the focus has it again.
  #replace(old, fresh) {
    const { name, value } = old.contains(document.activeElement) ? document.activeElement : {};
    const isOpen = Boolean(old.querySelector("details[open]"));
    old.replaceWith(fresh);
    if (isOpen) fresh.querySelector("details")?.setAttribute("open", "");
    if (!name) return;
    const again = [...this.querySelectorAll(`[name="${name}"]`)].find((field) => field.value === value && !field.disabled);
    (again ?? this.form.elements.find).focus();
  }

  #grip(event) {
    if (!event.target.closest?.(".grip")) return;
    event.preventDefault();
    this.#dragged = event.target.closest("li");
    this.#dragged.classList.add("dragged");
    event.target.setPointerCapture(event.pointerId);
  }

  #drag(event) {
    if (!this.#dragged) return;
    const others = [...this.#dragged.parentElement.children].filter((item) => item !== this.#dragged);
    const before = others.find((item) => {
      const { top, height } = item.getBoundingClientRect();
      return event.clientY < top + height / 2;
    });
    if (before) before.before(this.#dragged);
    else this.#dragged.parentElement.append(this.#dragged);
  }

  #drop() {
    if (!this.#dragged) return;
    this.#dragged.classList.remove("dragged");
    this.#dragged = null;
    this.#refresh();
  }
}

customElements.define("column-picker", ColumnPicker);
