// <jump-palette data-url="/search"> around the jump box: Ctrl-K, or a click into the box, opens a palette.
//
// As one types it offers the places of this page (links of <nav>), and what `data-url` answers ?q=… where a script asks:
// lists of links. Arrow keys choose, Enter opens, Escape closes. Without script the box is a form that leads to a page.
import { getHTML } from "../lib/http.js";

const PAUSE = 90;
const EXPERIMENT = /^\/experiments\/(\d+)\//;

class JumpPalette extends HTMLElement {
  #dialog = null;
  #request = null;
  #timer = 0;
  #at = -1;
  #found = [];
  #asking = null;

  connectedCallback() {
    this.box = this.querySelector("input");
    this.box?.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.open();
    });
  }

  disconnectedCallback() {
    this.#dialog?.close();
  }

  open() {
    if (this.#dialog) return;
    const dialog = document.createElement("dialog");
    dialog.className = "palette";
    dialog.setAttribute("aria-label", "Jump to");
    this.input = Object.assign(document.createElement("input"), {
      type: "text",
      className: "input",
      placeholder: this.box.placeholder,
      maxLength: this.box.maxLength,
      autocomplete: "off",
      spellcheck: false,
    });
    const roles = { role: "combobox", "aria-label": "Jump to", "aria-expanded": "true", "aria-controls": "palette_list" };
    for (const [name, value] of Object.entries(roles)) this.input.setAttribute(name, value);
    this.list = Object.assign(document.createElement("div"), { id: "palette_list", className: "targets" });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Places");
    this.status = Object.assign(document.createElement("p"), { className: "note" });
    this.status.setAttribute("role", "status");
    dialog.append(this.input, this.list, this.status);
    dialog.addEventListener("keydown", (event) => this.#key(event));
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => this.#closed());
    this.input.addEventListener("input", () => this.#soon());
    this.#dialog = dialog;
    document.body.append(dialog);
    dialog.showModal();
    this.#found = [];
    this.#show();
  }

  #closed() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#dialog.remove();
    this.#dialog = null;
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#found = [];
    this.#show();
    const text = this.input.value.trim();
    this.#asking = text ? new Promise((done) => (this.#timer = setTimeout(() => this.#ask(text).then(done), PAUSE))) : null;
  }

  async #ask(text) {
    this.#request = new AbortController();
    const { signal } = this.#request;
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set("q", text);
    const experiment = EXPERIMENT.exec(location.pathname)?.[1];
    if (experiment) url.searchParams.set("experiment", experiment);
    try {
      const html = await getHTML(url, { signal, timeout: 5000 });
      const page = new DOMParser().parseFromString(html, "text/html");
      this.#found = [...(page.body.firstElementChild?.children ?? [])];
      this.#show();
      if (!this.options.length) this.status.textContent = "Nothing found.";
    } catch (error) {
      if (!signal.aborted) this.status.textContent = `${error.message} Enter searches on a page.`;
    }
  }

  #show() {
    this.list.replaceChildren(...this.#places(), ...this.#found);
    this.options = [...this.list.querySelectorAll("a")];
    this.options.forEach((link, index) => {
      link.id = `palette_${index}`;
      link.tabIndex = -1;
      link.setAttribute("role", "option");
    });
    for (const item of this.list.querySelectorAll("h3, li")) item.setAttribute("role", "presentation");
    for (const list of this.list.querySelectorAll("ul")) {
      list.setAttribute("role", "group");
      list.setAttribute("aria-label", list.previousElementSibling?.textContent ?? "");
    }
    this.status.textContent = "";
    this.#choose(this.options.length ? 0 : -1);
  }

  // Where this page leads to, narrowed by what is typed.
  #places() {
    const words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const links = [...document.querySelectorAll(".bar nav a, .tabs a")].filter((link) => {
      const name = link.textContent.toLowerCase();
      return words.every((word) => name.includes(word));
    });
    if (!links.length) return [];
    const heading = Object.assign(document.createElement("h3"), { textContent: "Places" });
    const list = document.createElement("ul");
    for (const link of links) {
      const item = document.createElement("li");
      const place = Object.assign(document.createElement("a"), { href: link.href });
      place.append(Object.assign(document.createElement("span"), { textContent: link.textContent }));
      item.append(place);
      list.append(item);
    }
    return [heading, list];
  }

  #choose(index) {
    this.#at = index;
    this.options.forEach((link, position) => link.setAttribute("aria-selected", String(position === index)));
    if (index < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", this.options[index].id);
    this.options[index].scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.options.length) {
      event.preventDefault();
      this.#choose((this.#at + step + this.options.length) % this.options.length);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.#go();
    }
  }

  // Who types fast means what is found, not what stood there before.
  async #go() {
    if (this.#at < 0) await this.#asking;
    if (this.#at >= 0) this.options[this.#at].click();
    else location.assign(`${this.dataset.url}?${new URLSearchParams({ q: this.input.value })}`);
  }
}

customElements.define("jump-palette", JumpPalette);
