// <step-slider target="#grid"> around a form with a range over `data-steps`, a field `step` and links to the steps
// before and after: the part of the page is fetched for another step and changed in place, the address with it.
import { getHTML } from "../lib/http.js";
import { morph } from "../lib/morph.js";

const PAUSE = 40;

class StepSlider extends HTMLElement {
  #stop = null;
  #timer = 0;
  #asked = null;

  connectedCallback() {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.range.hidden = false;
    this.addEventListener("input", (event) => event.target === this.range && this.#slid(), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
  }

  disconnectedCallback() {
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  get range() {
    return this.querySelector("input[type=range]");
  }

  get field() {
    return this.querySelector("input[name=step]");
  }

  #slid() {
    const step = this.range.dataset.steps.split(",")[this.range.value];
    this.field.value = step;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(step), PAUSE);
  }

  #clicked(event) {
    const link = event.target.closest("a[rel=prev], a[rel=next]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const step = new URL(link.href).searchParams.get("step");
    this.range.value = this.range.dataset.steps.split(",").indexOf(step);
    this.field.value = step;
    this.#show(step);
  }

  async #show(step) {
    this.#asked?.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    const address = new URL(location.href);
    address.searchParams.set("step", step);
    try {
      const html = await getHTML(address, { signal });
      const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(this.getAttribute("target"));
      const shown = document.querySelector(this.getAttribute("target"));
      if (!fresh || !shown || signal.aborted) return;
      history.replaceState(history.state, "", address);
      morph(shown, document.adoptNode(fresh));
      this.range.hidden = false;
    } catch (error) {
      if (!signal.aborted) location.assign(address);
    }
  }
}

customElements.define("step-slider", StepSlider);
