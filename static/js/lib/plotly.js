// Plotly, fetched once and only when a figure asks for it, and the looks all figures share.

let loading = null;

export function loadPlotly() {
  if (!loading) {
    keepStylesOut();
    loading = import("../../vendor/plotly-strict-4.1.1.min.js").then(() => window.Plotly);
  }
  return loading;
}

// Plotly writes its rules into <style> elements with these ids unless it finds them. The page's policy
// forbids such elements; the rules it needs are in css/plotly.css, and we draw no maps.
const GLOBAL_STYLE = "plotly.js-style-global";
const MAP_STYLE = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";

function keepStylesOut() {
  for (const id of [GLOBAL_STYLE, MAP_STYLE]) {
    const mark = document.createElement("meta");
    mark.id = id;
    mark.className = "no-inline-styles";
    document.head.append(mark);
  }
}

export const CONFIG = { responsive: true, displaylogo: false, displayModeBar: false, showTips: false, doubleClick: "reset", scrollZoom: false };

// The layout below a figure's own: what the figure says wins.
export function baseLayout(read, font) {
  const axis = {
    gridcolor: read("--line"),
    zerolinecolor: read("--line-strong"),
    linecolor: read("--line-strong"),
    tickcolor: read("--line-strong"),
    automargin: true,
    title: { font: { size: 12 }, standoff: 8 },
  };
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: font, size: 12, color: read("--muted") },
    margin: { l: 48, r: 16, t: 12, b: 36 },
    xaxis: axis,
    yaxis: axis,
    hovermode: "closest",
    hoverlabel: {
      bgcolor: read("--raised"),
      bordercolor: read("--line-strong"),
      font: { family: font, size: 12, color: read("--text") },
    },
    legend: { orientation: "h", y: -0.18, font: { color: read("--text") } },
    dragmode: "zoom",
    selectdirection: "h",
  };
}

// Right into left, without touching either. Axes that only the figure has start from the first one's looks.
export function mergeLayout(base, own) {
  const merged = merge(base, own);
  for (const name of Object.keys(own)) {
    const axis = /^([xy]axis)\d+$/.exec(name);
    if (axis) merged[name] = merge(base[axis[1]], own[name]);
  }
  return merged;
}

function merge(base, own) {
  const result = { ...base };
  for (const [key, value] of Object.entries(own ?? {})) {
    const both = isPlain(value) && isPlain(result[key]);
    result[key] = both ? merge(result[key], value) : value;
  }
  return result;
}

const isPlain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
