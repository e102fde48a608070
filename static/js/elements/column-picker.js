// <column-picker>: opens the page its link leads to in a panel, and narrows its list by text.
//
// Inside: <a href="…"> the page of columns. With script a click fetches that page's form (the fragment)
// into a panel below; without, it is a page of its own.
import { getHTML } from "../lib/http.js";

class ColumnPicker extends HTMLElement {
  connectedCallback() {
    this.link = this.querySelector("a");
    this.panel = null;
    this.link?.setAttribute("aria-expanded", "false");
    this.link?.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.panel ? this.close() : this.open();
    });
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    document.addEventListener("pointerdown", (event) => this.panel && !this.contains(event.target) && this.close());
  }

  async open() {
    const panel = document.createElement("div");
    panel.className = "picker-panel";
    panel.textContent = "Loading…";
    this.panel = panel;
    this.append(panel);
    this.link.setAttribute("aria-expanded", "true");
    try {
      await this.fill(this.link.href);
    } catch {
      location.assign(this.link.href);
    }
  }

  async fill(url) {
    const html = await getHTML(url);
    if (!this.panel) return;
    const page = new DOMParser().parseFromString(html, "text/html");
    this.panel.replaceChildren(...page.body.childNodes);
    const find = this.panel.querySelector('input[type="search"]');
    find?.focus();
    find?.addEventListener("input", () => this.narrow(find.value));
  }

  narrow(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of this.panel.querySelectorAll("[data-name]")) {
      const name = item.dataset.name.toLowerCase();
      item.hidden = !words.every((word) => name.includes(word));
    }
  }

  close() {
    this.panel?.remove();
    this.panel = null;
    this.link.setAttribute("aria-expanded", "false");
    this.link.focus();
  }
}

customElements.define("column-picker", ColumnPicker);
