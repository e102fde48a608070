// <live-region every="5"> asks for its fragment again and shows what changed.
//
// `src`: the address, by default the page's own. `every`: seconds between questions; hidden tabs ask
// twelve times less often, failures double the wait. The server answers 304 when nothing moved.
// A <button data-live-control hidden> inside is shown and pauses it.
import { request } from "../lib/http.js";
import { morph } from "../lib/morph.js";

const HIDDEN_FACTOR = 12;
const LONGEST_WAIT = 120;

class LiveRegion extends HTMLElement {
  #etag = null;
  #failures = 0;
  #paused = false;
  #timer = 0;
  #stop = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.addEventListener("click", (event) => event.target.closest("[data-live-control]") && this.toggle(), { signal });
    document.addEventListener("visibilitychange", () => this.#visible(), { signal });
    // What people fetch themselves has its own state: the next question starts afresh.
    this.addEventListener("htmx:after:swap", () => this.#afresh(), { signal });
    this.#tell();
    this.#wait();
  }

  disconnectedCallback() {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  get #seconds() {
    const every = Number(this.querySelector("[data-live-every]")?.dataset.liveEvery ?? this.getAttribute("every")) || 10;
    const factor = document.hidden ? HIDDEN_FACTOR : 2 ** Math.min(this.#failures, 5);
    return Math.min(every * factor, LONGEST_WAIT);
  }

  toggle() {
    this.#paused = !this.#paused;
    this.#tell();
    if (!this.#paused) this.#ask();
  }

  // Ask now, paused or not: something here was changed.
  refresh() {
    this.#etag = null;
    this.#ask(true);
  }

  #visible() {
    if (!document.hidden) this.#wait();
  }

  #afresh() {
    this.#etag = null;
    this.#tell();
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), this.#seconds * 1000);
  }

  async #ask(now = false) {
    clearTimeout(this.#timer);
    if (this.#paused && !now) return;
    const url = new URL(this.getAttribute("src") || location.href, location.href);
    url.hash = "";
    const asked = location.href;
    try {
      const headers = { Accept: "text/html", "HX-Request": "true" };
      if (this.#etag) headers["If-None-Match"] = this.#etag;
      const response = await request(url, { headers, signal: this.#stop.signal });
      this.#failures = response.ok || response.status === 304 ? 0 : this.#failures + 1;
      if (response.ok && asked === location.href) this.#show(await response.text(), response.headers.get("ETag"));
    } catch {
      if (this.#stop.signal.aborted) return;
      this.#failures += 1;
    }
    this.#tell();
    this.#wait();
  }

  #show(html, etag) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const fresh = page.body.firstElementChild;
    if (!fresh || !this.firstElementChild) return;
    this.#etag = etag;
    morph(this.firstElementChild, document.adoptNode(fresh));
    window.htmx?.process(this);
    this.dispatchEvent(new CustomEvent("live:changed", { bubbles: true }));
  }

  #tell() {
    const control = this.querySelector("[data-live-control]");
    if (!control) return;
    control.hidden = false;
    const text = this.#paused ? "Paused · resume" : this.#failures ? "No answer · retrying" : "Live · pause";
    if (control.textContent !== text) control.textContent = text;
    control.setAttribute("aria-pressed", String(this.#paused));
  }
}

customElements.define("live-region", LiveRegion);
