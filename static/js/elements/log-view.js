// <log-view src="…" at="1024" line="12" follow="2"> holds the last lines of a log and adds what is written to it.
//
// `src`: the file. `at`: the byte after what is shown, `line` the number of the line there; `follow`: seconds between
// questions, absent when an older part is shown; `open`: the last line shown goes on. Each question asks for the bytes after `at` alone, and for nothing
// when the file is as it was. The last bytes known are asked for again: when they differ the file was written anew, and
// the page is loaded anew. No more than MOST_LINES are kept; the earlier ones are a link away.
import { request } from "../lib/http.js";

const OVERLAP = 64;
const STEP = 262144;
const MOST_LINES = 5000;
const HIDDEN_FACTOR = 12;
const NEAR = 40; // pixels from the end that still count as being there

class LogView extends HTMLElement {
  #at = 0;
  #line = 1;
  #tail = null;
  #etag = "";
  #timer = 0;
  #stop = null;
  #following = true;

  connectedCallback() {
    if (!this.hasAttribute("follow")) return;
    this.#stop = new AbortController();
    this.#at = Number(this.getAttribute("at"));
    this.#line = Number(this.getAttribute("line"));
    this.#box.scrollTop = this.#box.scrollHeight;
    const { signal } = this.#stop;
    this.#box.addEventListener("scroll", () => this.#tell(), { signal, passive: true });
    this.#button?.addEventListener("click", () => this.#toggle(), { signal });
    if (this.#button) this.#button.hidden = false;
    document.addEventListener("visibilitychange", () => !document.hidden && this.#ask(), { signal });
    this.#tell();
    this.#ask();
  }

  disconnectedCallback() {
    this.#stop?.abort();
    clearTimeout(this.#timer);
  }

  get #box() {
    return this.querySelector('[role="log"]');
  }

  get #button() {
    return this.querySelector("[data-follow]");
  }

  get #isAtEnd() {
    const box = this.#box;
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  }

  #toggle() {
    this.#following = !this.#following;
    if (this.#following) this.#box.scrollTop = this.#box.scrollHeight;
    this.#tell();
    if (this.#following) this.#ask();
  }

  async #ask() {
    clearTimeout(this.#timer);
    if (!this.#following) return;
    const wait = Number(this.getAttribute("follow")) * (document.hidden ? HIDDEN_FACTOR : 1);
    let more = false;
    try {
      more = await this.#fetch();
      this.#tell();
    } catch {
      if (this.#stop.signal.aborted) return;
      this.#tell("No answer · retrying");
    }
    this.#timer = setTimeout(() => this.#ask(), more ? 0 : wait * 1000);
  }

  // Whether there is more to ask for at once.
  async #fetch() {
    const from = Math.max(0, this.#at - OVERLAP);
    const headers = { Range: `bytes=${from}-${this.#at + STEP - 1}` };
    if (this.#etag) headers["If-None-Match"] = this.#etag;
    const response = await request(this.getAttribute("src"), { headers, signal: this.#stop.signal });
    if (response.status === 304) return false;
    if (response.status === 416) return this.#anew();
    if (!response.ok) throw new Error(response.status);
    const size = Number(response.headers.get("Content-Range")?.split("/")[1] ?? response.headers.get("Content-Length"));
    const bytes = new Uint8Array(await response.arrayBuffer());
    const known = bytes.subarray(0, this.#at - from);
    if (known.length < this.#at - from || (this.#tail && !same(known, this.#tail))) return this.#anew();
    const isWhole = from + bytes.length >= size;
    // Half a line, or half a character, waits for its end: it is asked for again.
    const fresh = bytes.subarray(this.#at - from);
    const end = fresh.lastIndexOf(10) + 1;
    const whole = fresh.subarray(0, end || (fresh.length >= STEP ? fresh.length : 0));
    this.#show(new TextDecoder().decode(whole));
    this.#at += whole.length;
    this.#tail = bytes.slice(Math.max(0, this.#at - from - OVERLAP), this.#at - from);
    this.#etag = isWhole ? response.headers.get("ETag") : "";
    return !isWhole && whole.length > 0;
  }

  #anew() {
    this.#stop.abort();
    location.reload();
    return false;
  }

  #show(text) {
    if (!text) return;
    const stay = this.#isAtEnd;
    const code = this.#box.querySelector("code");
    const rows = document.createDocumentFragment();
    const lines = text.replace(/\n$/, "").split("\n");
    if (this.hasAttribute("open")) {
      this.removeAttribute("open");
      const last = code.lastElementChild;
      last.lastChild.nodeValue = last.lastChild.nodeValue.replace(/\n$/, "") + `${lines.shift()}\n`;
      this.#line += 1;
    }
    for (const line of lines) {
      const row = document.createElement("span");
      row.id = `L${this.#line}`;
      const number = document.createElement("a");
      number.href = `#L${this.#line}`;
      number.dataset.n = this.#line;
      number.setAttribute("aria-label", `Line ${this.#line}`);
      number.tabIndex = -1;
      row.append(number, `${line}\n`);
      rows.append(row);
      this.#line += 1;
    }
    code.append(rows);
    for (let over = code.children.length - MOST_LINES; over > 0; over -= 1) code.firstElementChild.remove();
    if (stay) this.#box.scrollTop = this.#box.scrollHeight;
  }

  #tell(problem = "") {
    const state = this.querySelector("[data-state]");
    const text = problem || (!this.#following ? "" : this.#isAtEnd ? "Following" : "Following · scroll down for the newest");
    if (state && state.textContent !== text) state.textContent = text;
    if (this.#button) this.#button.textContent = this.#following ? "Pause" : "Follow";
  }
}

function same(one, other) {
  const length = Math.min(one.length, other.length);
  for (let back = 1; back <= length; back += 1) {
    if (one[one.length - back] !== other[other.length - back]) return false;
  }
  return true;
}

customElements.define("log-view", LogView);
