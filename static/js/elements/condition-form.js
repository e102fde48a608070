// <condition-form data-complete-url="…"> around the form that adds a condition: offers the values of the key named.
//
// A condition that is refused is said in place; one that is right leads to the page with it. Without script the
// values are typed, and the form is a page of its own.
import { getJSON, request } from "../lib/http.js";

const QUOTES = /^(['"])([^]*)\1$/;

class ConditionForm extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    form.elements.key.addEventListener("change", () => this.#offer(form));
    form.elements.comparison.addEventListener("change", () => this.#tell(form));
    form.addEventListener("submit", (event) => this.#send(event, form));
    this.#tell(form);
    if (form.elements.key.value) this.#offer(form);
  }

  #tell(form) {
    form.elements.value.disabled = ["set", "unset"].includes(form.elements.comparison.value);
  }

  async #offer(form) {
    const values = this.querySelector("#condition_values");
    values.replaceChildren();
    if (!this.dataset.completeUrl || !form.elements.key.value) return;
    const [, entity, key] = /^(\w+\.)?([^]*)$/.exec(form.elements.key.value.trim());
    const url = new URL(this.dataset.completeUrl, location.href);
    url.searchParams.set("text", `${entity ?? ""}${/^[\w.]+$/.test(key) ? key : `\`${key}\``} = `);
    try {
      const { options } = await getJSON(url, { timeout: 4000 });
      values.replaceChildren(
        ...options.map(({ text, note }) => {
          const value = text.trim();
          return Object.assign(document.createElement("option"), { value: QUOTES.exec(value)?.[2] ?? value, label: note });
        }),
      );
    } catch {
      // Values can be typed.
    }
  }

  async #send(event, form) {
    event.preventDefault();
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form));
    try {
      const answer = await request(url, { headers: { Accept: "text/html", "HX-Request": "true" } });
      if (answer.redirected) {
        location.assign(answer.url);
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("condition-form");
      if (!fresh) throw new Error("no form");
      this.replaceWith(fresh);
      fresh.querySelector("[aria-invalid]")?.focus();
    } catch {
      location.assign(url);
    }
  }
}

customElements.define("condition-form", ConditionForm);
