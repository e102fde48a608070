// What the lines of a chart are at the pointer, the closest first.

import { focusLine } from "./line-focus.js";

const MOST_ROWS = 8;
// Pixels: a line that ends further from the pointer says nothing, one further up or down is not the one meant.
const REACH = 12;
const MEANT = 40;
const NUMBER = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });
const COUNT = new Intl.NumberFormat("en");

export class LineTooltip {
  #figure;
  #drawing;
  #box = null;
  #lines = [];
  #meta = {};

  // `figure`: the element that holds the drawing; the box lies in it.
  constructor(figure, drawing) {
    this.#figure = figure;
    this.#drawing = drawing;
    drawing.addEventListener("pointermove", (event) => this.#show(event));
    drawing.addEventListener("pointerleave", () => this.hide());
  }

  // Lines of traces with arrays; a smoothed line stands for its raw one.
  read(traces, meta) {
    this.#meta = meta;
    const lines = new Map();
    for (const trace of traces) {
      const { line, band, mark, smoothed } = trace.meta ?? {};
      if (!line || band || mark || trace.meta.role === "member") continue;
      const known = lines.get(line);
      if (known && smoothed) lines.set(line, { ...known, x: trace.x, y: trace.y, isSmoothed: true });
      else lines.set(line, { id: line, name: trace.name, colour: trace.line.color, x: trace.x, y: trace.y, extra: trace.customdata });
    }
    this.#lines = [...lines.values()];
  }

  hide() {
    this.#box?.remove();
    this.#box = null;
    focusLine(null);
  }

  #show(event) {
    const layout = this.#drawing._fullLayout;
    if (!layout?.xaxis || event.buttons) return this.hide();
    const frame = this.#drawing.getBoundingClientRect();
    const left = event.clientX - frame.left;
    const top = event.clientY - frame.top;
    const { xaxis, yaxis } = layout;
    const across = left - xaxis._offset;
    if (across < 0 || across > xaxis._length || top < yaxis._offset || top > yaxis._offset + yaxis._length) return this.hide();
    const wanted = xaxis.p2l(across);
    const found = [];
    for (const line of this.#lines) {
      const at = nearest(line.x, line.y, wanted);
      if (at < 0) continue;
      const away = Math.abs(xaxis.l2p(line.x[at]) - across);
      const isWithin = wanted >= line.x[0] && wanted <= line.x[line.x.length - 1];
      if (!isWithin && away > REACH) continue;
      found.push({ line, at, away, apart: Math.abs(yaxis.d2p(heightAt(line, at, wanted)) + yaxis._offset - top) });
    }
    if (!found.length) return this.hide();
    found.sort((one, other) => one.apart - other.apart);
    this.#fill(found);
    this.#place(left, top, frame);
    focusLine(found[0].apart <= MEANT ? found[0].line.id : null);
  }

  #fill(found) {
    if (!this.#box) {
      this.#box = document.createElement("div");
      this.#box.className = "tooltip";
      this.#figure.append(this.#box);
    }
    const rows = found.slice(0, MOST_ROWS).map(({ line, at }) => {
      const swatch = element("i", "");
      swatch.style.background = line.colour;
      const row = element("p", "");
      row.append(swatch, element("span", line.name, "clip"), element("b", valueText(line, at)));
      return row;
    });
    const head = element("p", this.#where(found[0]), "note");
    const more = found.length - MOST_ROWS;
    this.#box.replaceChildren(head, ...rows, ...(more > 0 ? [element("p", `${more} more`, "note")] : []));
  }

  #where({ line, at }) {
    const value = line.x[at];
    const { x, x_unit } = this.#meta;
    if (x === "wall") return `${new Date(value).toISOString().replace("T", " ").slice(0, 19)} UTC`;
    if (x === "step") return `step ${COUNT.format(value)}`;
    return x_unit ? `${NUMBER.format(value)} ${x_unit}` : `${x.replace(/^metric /, "")} ${NUMBER.format(value)}`;
  }

  #place(left, top, frame) {
    const { offsetWidth: width, offsetHeight: height } = this.#box;
    const beside = left + 16 + width > frame.width ? left - 16 - width : left + 16;
    this.#box.style.left = `${Math.max(beside, 0)}px`;
    this.#box.style.top = `${Math.max(0, Math.min(top - height / 2, frame.height - height))}px`;
  }
}

function valueText(line, at) {
  const value = numberText(line.y[at]);
  if (!line.extra || line.isSmoothed) return line.isSmoothed ? `${value} smoothed` : value;
  const [n, low, high] = line.extra.slice(3 * at, 3 * at + 3);
  const band = Number.isFinite(low) ? `, ${numberText(low)} to ${numberText(high)}` : "";
  return `${value} · n ${n}${band}`;
}

function numberText(value) {
  const size = Math.abs(value);
  return size && (size < 1e-4 || size >= 1e15) ? value.toExponential(3) : NUMBER.format(value);
}

// The position of the finite point closest to `wanted`; -1 without one. x ascends.
function nearest(x, y, wanted) {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  let before = low - 1;
  let after = low;
  while (before >= 0 && !Number.isFinite(y[before])) before -= 1;
  while (after < x.length && !Number.isFinite(y[after])) after += 1;
  if (before < 0) return after < x.length ? after : -1;
  return after < x.length && x[after] - wanted <= wanted - x[before] ? after : before;
}

// Where the drawn line is at the pointer: between two points it is not at either.
function heightAt(line, at, wanted) {
  const other = at + (line.x[at] < wanted ? 1 : -1);
  const [x, y, x2, y2] = [line.x[at], line.y[at], line.x[other], line.y[other]];
  return Number.isFinite(y2) && x2 !== x ? y + ((y2 - y) * (wanted - x)) / (x2 - x) : y;
}

function element(name, text, className = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
