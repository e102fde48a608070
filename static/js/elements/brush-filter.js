// <brush-filter> around a <plot-figure>: what is selected in the figure fills in the form that narrows the runs
// (form[data-brushed], a fieldset[data-axis] an axis), and a click on a dot opens its run.
//
// Numbers of logarithmic axes arrive as they are written, those of parallel coordinates as powers: the figure says
// which (layout.meta.logarithmic). Categories stand at 0, 1, 2, … in the order of the options of their select.

class BrushFilter extends HTMLElement {
  #watch = null;
  #bound = null;

  connectedCallback() {
    // A figure is drawn when it comes near the window, and anew after a change.
    this.#watch = new MutationObserver(() => this.#bind());
    this.#watch.observe(this, { subtree: true, childList: true });
    this.#bind();
  }

  disconnectedCallback() {
    this.#watch.disconnect();
  }

  get #form() {
    return this.closest("#explore-figure")?.querySelector("form[data-brushed]");
  }

  #bind() {
    const drawing = this.querySelector(".drawing");
    if (!drawing?.on || drawing === this.#bound) return;
    this.#bound = drawing;
    drawing.on("plotly_selected", (event) => event && this.#selected(event));
    drawing.on("plotly_deselect", () => this.#clear());
    drawing.on("plotly_restyle", () => this.#axes(drawing));
    drawing.on("plotly_click", (event) => this.#open(event.points[0]));
  }

  #open(point) {
    const id = point?.customdata?.[0];
    if (typeof id === "string" && /^\w+$/.test(id)) location.assign(`/runs/${id}/`);
  }

  #selected({ range, points }) {
    if (!range) return;
    for (const axis of ["x", "y"]) if (range[axis]) this.#fill(axis, [range[axis]]);
    const runs = points.filter((point) => point.customdata).length;
    this.#say(runs ? `${runs.toLocaleString("en")} of the drawn runs are in it.` : "What lies in it:");
  }

  // Parallel coordinates keep what is brushed on each axis as constraintrange: one range or several.
  #axes(drawing) {
    const logarithmic = drawing.layout?.meta?.logarithmic ?? [];
    drawing.data[0].dimensions?.forEach((dimension, number) => {
      const brushed = dimension.constraintrange ?? [];
      const ranges = Array.isArray(brushed[0]) ? brushed : brushed.length ? [brushed] : [];
      const values = ranges.map((range) => range.map((value) => (logarithmic[number] ? 10 ** value : value)));
      this.#fill(String(number), values);
    });
    this.#say("What is brushed:");
  }

  #fill(axis, ranges) {
    const fields = this.#form?.querySelector(`fieldset[data-axis="${axis}"]`);
    if (!fields) return;
    const select = fields.querySelector("select");
    if (select) {
      [...select.options].forEach((option, at) => {
        option.selected = ranges.some((range) => at >= Math.min(...range) && at <= Math.max(...range));
      });
      return;
    }
    const ends = ranges.flat().map((end) => (typeof end === "string" ? Date.parse(`${end.replace(" ", "T")}Z`) : end));
    const [from, to] = fields.querySelectorAll("input");
    from.value = ends.length ? shortest(Math.min(...ends)) : "";
    to.value = ends.length ? shortest(Math.max(...ends)) : "";
  }

  #clear() {
    this.#form?.reset();
    this.#say("Drag over the figure, or write a range.");
  }

  #say(text) {
    const said = this.#form?.querySelector("[data-brush-said]");
    if (said) said.textContent = text;
  }
}

// A pixel is not known to more than this.
const shortest = (value) => String(Number(value.toPrecision(6)));

customElements.define("brush-filter", BrushFilter);
