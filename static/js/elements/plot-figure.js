// <plot-figure src="/figures/….json" label="val_loss"> draws the figure that its URL answers.
//
// The answer is a Plotly figure {data, layout}; a colour may be a token, "var(--run-3)", which is
// resolved in the theme of the moment. Nothing is loaded until the element is near the window; what
// the server put inside (an SVG, a table) stays until the figure is drawn, and stays when it fails.
// `zoom`: a zoom asks again with ?x_from=…&x_to=… for the finer range; a double click goes back. The figure
// of a range says which heights are seen in it, unless the zoom said so too.
// `version`: a new value (set by a live refresh) fetches again and keeps the zoom.
import { getJSON } from "../lib/http.js";
import { colourReader, onThemeChange, resolveColours } from "../lib/colours.js";
import { baseLayout, CONFIG, loadPlotly, mergeLayout } from "../lib/plotly.js";

const NEAR = "300px";
const ZOOM_PAUSE = 180;

class PlotFigure extends HTMLElement {
  static observedAttributes = ["src", "version"];

  #figure = null;
  #drawing = null;
  #range = null;
  #heights = null;
  #request = null;
  #undo = [];
  #zoomTimer = 0;

  connectedCallback() {
    this.setAttribute("role", "figure");
    if (this.getAttribute("label")) this.setAttribute("aria-label", this.getAttribute("label"));
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        near.disconnect();
        this.#fetch();
      },
      { rootMargin: NEAR },
    );
    near.observe(this);
    this.#undo = [() => near.disconnect(), onThemeChange(() => this.#draw())];
  }

  disconnectedCallback() {
    for (const undo of this.#undo) undo();
    clearTimeout(this.#zoomTimer);
    this.#request?.abort();
    if (this.#drawing) {
      window.Plotly?.purge(this.#drawing);
      this.#drawing.remove();
      this.#drawing = null;
      this.classList.remove("drawn");
    }
  }

  attributeChangedCallback(name, before, after) {
    if (before !== null && before !== after && this.#figure) this.#fetch();
  }

  async #fetch() {
    this.#request?.abort();
    const request = (this.#request = new AbortController());
    this.#state(this.#figure || this.querySelector(":scope > :not(noscript, .state)") ? "" : "Loading…");
    try {
      const [figure, Plotly] = await Promise.all([getJSON(this.#url(), request), loadPlotly()]);
      if (request.signal.aborted || !this.isConnected) return;
      this.#figure = figure;
      await this.#draw(Plotly);
    } catch (error) {
      if (!request.signal.aborted) this.#state(`This chart could not be drawn. ${error.message}`, true);
    }
  }

  #url() {
    const url = new URL(this.getAttribute("src"), document.baseURI);
    if (this.#range) {
      url.searchParams.set("x_from", this.#range[0]);
      url.searchParams.set("x_to", this.#range[1]);
    }
    return url;
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
    const data = resolveColours(this.#figure.data, reader.read);
    reader.done();
    layout.autosize = true;
    delete layout.width;
    delete layout.height;
    if (this.#range) layout.xaxis = { ...layout.xaxis, range: this.#axisRange(layout.xaxis), autorange: false };
    if (this.#heights) layout.yaxis = { ...layout.yaxis, range: this.#heights, autorange: false };

    const first = !this.#drawing;
    if (first) {
      this.#drawing = document.createElement("div");
      this.#drawing.className = "drawing";
      this.append(this.#drawing);
    }
    await Plotly.react(this.#drawing, data, layout, CONFIG);
    if (first) this.#drawing.on("plotly_relayout", (change) => this.#zoomed(change));
    this.classList.add("drawn");
    this.#state("");
    // The figure knows how much of its data it draws.
    const caption = this.closest("figure")?.querySelector("[data-caption]");
    if (caption && layout.meta?.caption) caption.textContent = layout.meta.caption;
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
    this.#range = wide ? null : [from, to].map((value) => (log ? 10 ** value : value));
    clearTimeout(this.#zoomTimer);
    this.#zoomTimer = setTimeout(() => this.#fetch(), ZOOM_PAUSE);
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

customElements.define("plot-figure", PlotFigure);
