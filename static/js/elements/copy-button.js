// <copy-button for="snippet"> or <copy-button text="…">: a button that copies. Without script there is none.

class CopyButton extends HTMLElement {
  connectedCallback() {
    if (this.firstElementChild) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "small";
    button.textContent = this.getAttribute("label") || "Copy";
    button.addEventListener("click", () => this.copy(button));
    this.append(button);
  }

  get text() {
    return this.getAttribute("text") ?? document.getElementById(this.getAttribute("for"))?.textContent ?? "";
  }

  async copy(button) {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(this.text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy";
    }
    setTimeout(() => (button.textContent = label), 1600);
  }
}

customElements.define("copy-button", CopyButton);
