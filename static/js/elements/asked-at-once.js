// <asked-at-once auto> around a form that starts work of a few seconds: sends it by itself, then shows the page anew,
// which follows the work. Without `auto` the person presses the button.

class AskedAtOnce extends HTMLElement {
  async connectedCallback() {
    const form = this.querySelector("form");
    if (!this.hasAttribute("auto") || !form) return;
    this.removeAttribute("auto");
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
    if (response.type === "opaqueredirect" || response.ok) location.reload();
  }
}

customElements.define("asked-at-once", AskedAtOnce);
