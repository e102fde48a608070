// <time-ago ms="1768556467000">3 min ago</time-ago> keeps a relative time current; with `elapsed`, the
// duration since then. The words are those of trackui/formats.py, which wrote them first.

const ELEMENTS = new Set();
const STEPS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
];

export function relativeTime(ms, now) {
  const seconds = Math.floor((now - ms) / 1000);
  const date = () => new Date(ms).toISOString().slice(0, 10);
  if (seconds < -60 || seconds >= 14 * 86_400) return date();
  for (const [unit, size] of STEPS) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`;
  }
  return "just now";
}

export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 10) return `${(ms / 1000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${two(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${two(minutes % 60)} m`;
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

class TimeAgo extends HTMLElement {
  connectedCallback() {
    ELEMENTS.add(this);
  }

  disconnectedCallback() {
    ELEMENTS.delete(this);
  }

  get elapsed() {
    return this.hasAttribute("elapsed");
  }

  tell(now) {
    const ms = Number(this.getAttribute("ms"));
    const text = this.elapsed ? duration(Math.max(0, now - ms)) : relativeTime(ms, now);
    if (this.textContent !== text) this.textContent = text;
  }
}

customElements.define("time-ago", TimeAgo);

let ticks = 0;
setInterval(() => {
  if (document.hidden) return;
  const all = ticks++ % 15 === 0;
  const now = Date.now();
  for (const element of ELEMENTS) if (all || element.elapsed) element.tell(now);
}, 2000);
