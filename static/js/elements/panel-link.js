// <panel-link><a href="…">…</a></panel-link>: opens the form of the page its link leads to in a panel below.
//
// The page answers with its form alone where a script asks for it. Without script the link is a link. The form sends
// what it sends.
import { request } from "../lib/http.js";

class PanelLink extends HTMLElement {
  #panel = null;
  #stop = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.link = this.querySelector("a");
    this.link?.setAttribute("aria-expanded", "false");
    this.link?.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("keydown", (event) => event.key === "Escape" && this.#panel && this.close(), { signal });
    document.addEventListener(
      "pointerdown",
      (event) => this.#panel && !this.contains(event.target) && this.close(),
      { signal },
    );
  }

  disconnectedCallback() {
    this.#stop.abort();
    this.#panel?.remove();
    this.#panel = null;
  }

  #click(event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (this.#panel) this.close();
    else this.#open();
  }

  async #open() {
    const panel = document.createElement("div");
    panel.className = "link-panel";
    panel.textContent = "Loading…";
    this.#panel = panel;
    this.append(panel);
    this.link.setAttribute("aria-expanded", "true");
    try {
      await this.#fill(this.link.href);
    } catch {
      location.assign(this.link.href);
    }
  }

  async #fill(url) {
    const answer = await request(url, { headers: { Accept: "text/html", "HX-Request": "true" } });
    if (!answer.ok && answer.status !== 400) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!this.#panel) return;
    this.#panel.replaceChildren(...page.body.childNodes);
    this.#place();
    this.#panel.querySelector("[autofocus], input:not([type=hidden]), button")?.focus();
  }

  // Within the window, whichever side its button is on.
  #place() {
    this.#panel.classList.remove("to-left");
    if (this.#panel.getBoundingClientRect().left < 8) this.#panel.classList.add("to-left");
    const { right } = this.#panel.getBoundingClientRect();
    if (right > document.documentElement.clientWidth) this.#panel.classList.add("across");
  }

  close() {
    this.#panel.remove();
    this.#panel = null;
    this.link.setAttribute("aria-expanded", "false");
    this.link.focus();
  }
}

customElements.define("panel-link", PanelLink);
