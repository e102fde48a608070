// Colours of tokens.css as a canvas or Plotly takes them, in the theme of the moment.

const TOKEN = /^var\((--[\w-]+)\)$/;

// Reads tokens by letting the browser compute them: light-dark() and color-mix() come out as rgb().
export function colourReader(element) {
  const probe = document.createElement("i");
  probe.hidden = true;
  element.append(probe);
  const known = new Map();
  return {
    read(token) {
      if (!known.has(token)) {
        probe.style.color = `var(${token})`;
        known.set(token, getComputedStyle(probe).color);
      }
      return known.get(token);
    },
    done: () => probe.remove(),
  };
}

// A copy of `value` in which each string "var(--token)" is the colour it stands for. Long arrays are
// data, not looks, and are passed on as they are.
export function resolveColours(value, read) {
  if (typeof value === "string") {
    const token = TOKEN.exec(value);
    return token ? read(token[1]) : value;
  }
  if (Array.isArray(value)) {
    return value.length > 500 || typeof value[0] === "number" ? value : value.map((item) => resolveColours(item, read));
  }
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolveColours(item, read)]));
  }
  return value;
}

// Calls `listener` when the theme changes: by the system, or by data-theme on <html>.
export function onThemeChange(listener) {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(listener);
  media.addEventListener("change", listener);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    media.removeEventListener("change", listener);
    observer.disconnect();
  };
}
