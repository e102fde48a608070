// <edit-here><a href="…/edit">✎</a></edit-here>: opens the form of the page its link leads to in place.
//
// Enter saves (Ctrl-Enter where text has lines), Escape or Cancel leaves all as it was; what is refused is said in the
// form. Then the list it stands in is asked for again, or the page. Without script the link is a link.
import { request } from "../lib/http.js";

class EditHere extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const link = event.target.closest?.("a");
      if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      this.#open(link);
    });
  }

  async #open(link) {
    const dialog = document.createElement("dialog");
    dialog.className = "edit-dialog";
    dialog.setAttribute("aria-label", link.getAttribute("aria-label") || link.title || "Edit");
    dialog.addEventListener("close", () => {
      dialog.remove();
      document.querySelector(`a[href="${CSS.escape(link.getAttribute("href"))}"]`)?.focus();
    });
    dialog.addEventListener("click", (event) => {
      if (event.target !== dialog && !event.target.closest("[data-cancel]")) return;
      event.preventDefault();
      dialog.close();
    });
    dialog.addEventListener("submit", (event) => this.#send(event, dialog));
    dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.ctrlKey) dialog.querySelector("form").requestSubmit();
    });
    try {
      this.#fill(dialog, await this.#ask(link.href));
    } catch {
      location.assign(link.href);
      return;
    }
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("input:not([type=hidden])")?.select();
  }

  async #ask(url) {
    const answer = await request(url, { headers: { Accept: "text/html", "HX-Request": "true" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.text();
  }

  #fill(dialog, html) {
    const form = new DOMParser().parseFromString(html, "text/html").querySelector("form");
    if (!form) throw new Error("no form");
    dialog.replaceChildren(form);
  }

  async #send(event, dialog) {
    event.preventDefault();
    const form = event.target;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "HX-Request": "true" },
        credentials: "same-origin",
      });
      if (answer.status === 204) {
        dialog.close();
        this.#afresh();
      } else {
        this.#fill(dialog, await answer.text());
        dialog.querySelector(".errorlist")?.closest(".field")?.querySelector("input, textarea")?.focus();
      }
    } catch {
      form.submit();
    }
  }

  #afresh() {
    const list = this.closest("tr") && this.closest("live-region");
    if (list) list.refresh();
    else location.reload();
  }
}

customElements.define("edit-here", EditHere);
