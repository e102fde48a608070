// <plot-figure src="/figures/….plotly.json" label="val_loss"> draws the figure that its URL answers.
//
// The answer is a Plotly figure {data, layout}; a colour may be a token, "var(--run-3)", which is
// resolved in the theme of the moment. Nothing is loaded until the element is near the window; what
// the server put inside (an SVG, a table) stays until the figure is drawn, and stays when it fails.
// `zoom`: a zoom asks again with ?x_from=…&x_to=… for the finer range; a double click goes back. The figure
// of a range says which heights are seen in it, unless the zoom said so too.
// `version`: a new value (set by a live refresh) fetches again and keeps the zoom.
// A figure of lines (layout.meta.lines) shares its range with the others of the page along the same axis, and the line
// at the pointer is picked out in all of them.
import { ends, shareRange } from "../lib/chart-range.js";
import { colourReader, onThemeChange, resolveColours } from "../lib/colours.js";
import { getJSON } from "../lib/http.js";
import { focusedLine } from "../lib/line-focus.js";
import { LineTooltip } from "../lib/line-tooltip.js";
import { unpacked } from "../lib/packed.js";
import { baseLayout, CONFIG, loadPlotly, mergeLayout } from "../lib/plotly.js";

const NEAR = "300px";
const ZOOM_PAUSE = 180;
const COLUMNS = ["x", "y", "customdata"];

class PlotFigure extends HTMLElement {
  static observedAttributes = ["src", "version"];

  #figure = null;
  #drawing = null;
  #tooltip = null;
  #range = null;
  #rangeUnit = "";
  #isWhole = false;
  #heights = null;
  #request = null;
  #stop = null;
  #isNear = false;
  #isStale = true;
  #zoomTimer = 0;

  connectedCallback() {
    this.setAttribute("role", "figure");
    if (this.getAttribute("label")) this.setAttribute("aria-label", this.getAttribute("label"));
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const near = new IntersectionObserver(
      (entries) => {
        this.#isNear = entries.at(-1).isIntersecting;
        if (this.#isNear && this.#isStale) this.#fetch();
      },
      { rootMargin: NEAR },
    );
    near.observe(this);
    const stopThemes = onThemeChange(() => this.#draw());
    signal.addEventListener("abort", () => (near.disconnect(), stopThemes()));
    document.addEventListener("charts:range", (event) => this.#follow(event.detail), { signal });
    document.addEventListener("line:focus", () => this.#pickOut(), { signal });
  }

  disconnectedCallback() {
    this.#stop.abort();
    clearTimeout(this.#zoomTimer);
    this.#request?.abort();
    this.#isStale = true;
    if (this.#drawing) {
      this.#tooltip?.hide();
      window.Plotly?.purge(this.#drawing);
      this.#drawing.remove();
      this.#drawing = this.#tooltip = null;
      this.classList.remove("drawn");
    }
  }

  attributeChangedCallback(name, before, after) {
    if (before === null || before === after) return;
    // Another address is another chart: what was zoomed to is in it, or is no more.
    if (name === "src") this.#range = this.#heights = null;
    this.#refresh();
  }

  // Charts out of sight are fetched when they come near.
  #refresh() {
    this.#isStale = true;
    if (this.#isNear) this.#fetch();
  }

  async #fetch() {
    this.#isStale = false;
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    this.#state(this.#figure || this.querySelector(":scope > :not(noscript, .state)") ? "" : "Loading…");
    try {
      const [figure, Plotly] = await Promise.all([getJSON(this.#url(), request), loadPlotly()]);
      if (request.signal.aborted || !this.isConnected) return;
      if (figure.layout?.meta?.lines) {
        for (const trace of figure.data) for (const name of COLUMNS) trace[name] = unpacked(trace[name]);
      }
      this.#figure = figure;
      await this.#draw(Plotly);
    } catch (error) {
      if (!request.signal.aborted) this.#state(`This chart could not be drawn. ${error.message}`, true);
    }
  }

  #url() {
    const url = new URL(this.getAttribute("src"), document.baseURI);
    if (this.#range || this.#isWhole) {
      for (const name of ["x_from", "x_to"]) url.searchParams.delete(name);
    }
    if (this.#range) {
      const [from, to] = ends(this.#range);
      url.searchParams.set("x_from", from + this.#rangeUnit);
      url.searchParams.set("x_to", to + this.#rangeUnit);
    }
    return url;
  }

  get #meta() {
    return this.#figure?.layout?.meta ?? {};
  }

  async #draw(Plotly = window.Plotly) {
    if (!this.#figure || !Plotly) return;
    if (!this.#figure.data?.length) {
      this.#state("Nothing has been logged here yet.");
      return;
    }
    const reader = colourReader(this);
    const base = baseLayout(reader.read, getComputedStyle(this).fontFamily);
    const layout = mergeLayout(base, resolveColours(this.#figure.layout ?? {}, reader.read));
    const data = this.#figure.data.map((trace) => coloured(trace, reader.read));
    reader.done();
    layout.autosize = true;
    delete layout.width;
    delete layout.height;
    // Lines come with the range that was asked for.
    if (this.#range && !this.#meta.lines) layout.xaxis = { ...layout.xaxis, range: this.#axisRange(layout.xaxis), autorange: false };
    if (this.#heights) layout.yaxis = { ...layout.yaxis, range: this.#heights, autorange: false };

    // Else what was zoomed to before would stay: Plotly keeps what people do (uirevision).
    for (const axis of [layout.xaxis, layout.yaxis]) axis.autorange ??= !axis.range;

    const first = !this.#drawing;
    if (first) {
      this.#drawing = document.createElement("div");
      this.#drawing.className = "drawing";
      this.append(this.#drawing);
    }
    const { lines } = this.#meta;
    await Plotly.react(this.#drawing, data, layout, lines ? { ...CONFIG, doubleClick: false } : CONFIG);
    if (first) {
      this.#drawing.on("plotly_relayout", (change) => this.#zoomed(change));
      if (lines) this.#drawing.on("plotly_doubleclick", () => this.#show(null));
    }
    if (lines) {
      this.#tooltip ??= new LineTooltip(this, this.#drawing);
      this.#tooltip.read(data, this.#meta);
      this.#pickOut();
    }
    this.classList.add("drawn");
    this.#state("");
    this.#tell();
  }

  // The figure knows how much of its data it draws, and what its lines do.
  #tell() {
    for (const name of ["caption", "story"]) {
      const place = this.closest("figure")?.querySelector(`[data-${name}]`);
      if (place && this.#meta[name] !== undefined) place.textContent = this.#meta[name];
    }
  }

  // Logarithmic axes speak of exponents, our addresses of values.
  #axisRange(axis) {
    return axis?.type === "log" ? this.#range.map((value) => Math.log10(value)) : this.#range;
  }

  #zoomed(change) {
    if (!this.hasAttribute("zoom")) return;
    const wide = change["xaxis.autorange"] || change.autosize === "reset";
    const low = change["yaxis.range[0]"] ?? change["yaxis.range"]?.[0];
    const high = change["yaxis.range[1]"] ?? change["yaxis.range"]?.[1];
    if (wide || change["yaxis.autorange"]) this.#heights = null;
    else if (low !== undefined && high !== undefined) this.#heights = [low, high];
    const from = change["xaxis.range[0]"] ?? change["xaxis.range"]?.[0];
    const to = change["xaxis.range[1]"] ?? change["xaxis.range"]?.[1];
    if (!wide && (from === undefined || to === undefined)) return;
    const log = this.#drawing._fullLayout?.xaxis?.type === "log";
    this.#show(wide ? null : [from, to].map((value) => (log ? 10 ** value : value)), this.#heights);
  }

  // From here on this range, here and in the charts beside this one; null is all of it.
  #show(range, heights = null) {
    this.#range = range;
    this.#rangeUnit = this.#meta.x_unit ?? "";
    this.#isWhole = !range;
    this.#heights = heights;
    this.#later();
    if (this.#meta.lines) shareRange(this, this.#meta.x, range, this.#rangeUnit);
  }

  #follow({ figure, axis, range, unit }) {
    const isMine = !this.#figure || this.#meta.x === axis;
    if (figure === this || !this.hasAttribute("zoom") || !isMine) return;
    this.#range = range;
    this.#rangeUnit = unit;
    this.#isWhole = !range;
    this.#heights = null;
    this.#later();
  }

  #later() {
    clearTimeout(this.#zoomTimer);
    this.#zoomTimer = setTimeout(() => this.#refresh(), ZOOM_PAUSE);
  }

  // The line that is looked at anywhere on the page stands out, if it is here.
  #pickOut() {
    if (!this.#drawing || !this.#meta.lines) return;
    const id = focusedLine();
    let isHere = false;
    for (const trace of this.#drawing._fullData ?? []) {
      const isMeant = id !== null && trace.meta?.line === id;
      isHere ||= isMeant;
      this.#drawing.querySelector(`.scatterlayer > .trace${trace.uid}`)?.classList.toggle("lit", isMeant);
    }
    this.#drawing.classList.toggle("picks", isHere);
  }

  #state(text, failed = false) {
    let state = this.querySelector(":scope > .state");
    if (!text) {
      state?.remove();
      return;
    }
    if (!state) {
      state = document.createElement("p");
      state.setAttribute("role", "status");
      this.append(state);
    }
    state.className = failed ? "state failed" : "state";
    state.textContent = text;
  }
}

// A trace in the colours of the moment; its columns are passed on as they are.
function coloured(trace, read) {
  const columns = Object.fromEntries(COLUMNS.filter((name) => name in trace).map((name) => [name, trace[name]]));
  const looks = Object.fromEntries(Object.entries(trace).filter(([name]) => !COLUMNS.includes(name)));
  return { ...resolveColours(looks, read), ...columns };
}

customElements.define("plot-figure", PlotFigure);
