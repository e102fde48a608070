// <query-box data-complete-url="…" data-error-start="12" data-error-end="19"> around <textarea name="q">.
//
// Colours the filter as it is typed, underlines the token the server complained of, and completes keys
// and values: `data-complete-url` answers ?text=<text up to the caret> with
// {"start": 12, "options": [{"text": "metrics.val_acc", "note": "214 runs"}]}.
// Enter searches, Shift-Enter breaks the line. A click on a chip, <a data-chip="12,19">, selects its text. Without
// script it is a text field.
import { getJSON } from "../lib/http.js";
import { filterTokens } from "../lib/filter-tokens.js";

const PAUSE = 120;

class QueryBox extends HTMLElement {
  connectedCallback() {
    this.box = this.querySelector(".box");
    this.input = this.querySelector("textarea");
    if (!this.box || !this.input || this.paint_) return;
    this.paint_ = document.createElement("pre");
    this.paint_.setAttribute("aria-hidden", "true");
    this.box.prepend(this.paint_);
    this.box.classList.add("painted");
    this.asked = this.input.value;
    this.input.addEventListener("input", () => {
      this.paint();
      this.completeSoon();
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.input.form?.addEventListener("submit", () => this.follow());
    this.addEventListener("click", (event) => this.select(event));
    this.paint();
  }

  // Lists are swapped without the box: what the address has meanwhile goes along.
  follow() {
    const { form } = this.input;
    for (const field of form.querySelectorAll('input[type="hidden"]')) field.remove();
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (["q", "page", "theme"].includes(name)) continue;
      form.prepend(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
  }

  select(event) {
    const chip = event.target.closest?.("a[data-chip]");
    if (!chip) return;
    event.preventDefault();
    const [start, end] = chip.dataset.chip.split(",").map(Number);
    this.input.focus();
    // The box holds what was asked without the blanks around it.
    const shift = this.asked.length - this.asked.trimStart().length;
    if (this.input.value === this.asked) this.input.setSelectionRange(start + shift, end + shift);
    else this.input.select();
  }

  paint() {
    const text = this.input.value;
    const [from, to] = text === this.asked ? [this.dataset.errorStart, this.dataset.errorEnd].map(Number) : [NaN, NaN];
    const pieces = filterTokens(text).map((token) => {
      const span = document.createElement("span");
      span.textContent = token.text;
      if (token.kind) span.className = `q-${token.kind}`;
      const end = token.start + token.text.length;
      if (token.start < to && end > from) span.classList.add("q-error");
      return span;
    });
    this.paint_.replaceChildren(...pieces, "\n");
  }

  key(event) {
    if (this.list) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        return this.choose(this.at + step);
      }
      if ((event.key === "Tab" || event.key === "Enter") && this.at >= 0) {
        event.preventDefault();
        return this.take(this.options[this.at]);
      }
      if (event.key === "Escape") {
        event.preventDefault();
        return this.close();
      }
    }
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.input.form?.requestSubmit();
    } else if (event.key === " " && event.ctrlKey) {
      event.preventDefault();
      this.complete();
    } else if (event.key === "Escape") {
      this.input.blur();
    }
  }

  completeSoon() {
    clearTimeout(this.timer);
    if (this.dataset.completeUrl) this.timer = setTimeout(() => this.complete(), PAUSE);
  }

  async complete() {
    this.request?.abort();
    this.request = new AbortController();
    const url = new URL(this.dataset.completeUrl, location.href);
    url.searchParams.set("text", this.input.value.slice(0, this.input.selectionStart));
    try {
      const answer = await getJSON(url, { signal: this.request.signal, timeout: 4000 });
      if (document.activeElement === this.input) this.show(answer);
    } catch {
      this.close();
    }
  }

  show({ start, options }) {
    this.close();
    if (!options.length) return;
    this.start = start;
    this.options = options;
    this.at = -1;
    this.list = document.createElement("ul");
    this.list.className = "completions";
    this.list.id = "completions";
    this.list.setAttribute("role", "listbox");
    this.list.append(
      ...options.map((option, index) => {
        const item = document.createElement("li");
        item.id = `completion-${index}`;
        item.setAttribute("role", "option");
        const [text, note] = [document.createElement("span"), document.createElement("span")];
        text.textContent = option.text;
        note.textContent = option.note ?? "";
        item.append(text, note);
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          this.take(option);
        });
        return item;
      }),
    );
    this.box.append(this.list);
    this.input.setAttribute("aria-controls", "completions");
  }

  choose(index) {
    this.at = (index + this.options.length) % this.options.length;
    [...this.list.children].forEach((item, position) => {
      item.setAttribute("aria-selected", String(position === this.at));
      if (position === this.at) item.scrollIntoView({ block: "nearest" });
    });
    this.input.setAttribute("aria-activedescendant", `completion-${this.at}`);
  }

  take(option) {
    const { value, selectionStart } = this.input;
    const before = value.slice(0, this.start) + option.text;
    this.input.value = before + value.slice(selectionStart);
    this.input.setSelectionRange(before.length, before.length);
    this.close();
    this.paint();
    this.input.focus();
  }

  close() {
    this.list?.remove();
    this.list = null;
    this.input?.removeAttribute("aria-activedescendant");
  }
}

customElements.define("query-box", QueryBox);
