// The only script of ours that pages load. Each element wakes up by itself wherever its tag appears.
import "./elements/column-picker.js";
import "./elements/condition-form.js";
import "./elements/copy-button.js";
import "./elements/edit-here.js";
import "./elements/jump-palette.js";
import "./elements/live-region.js";
import "./elements/panel-link.js";
import "./elements/plot-figure.js";
import "./elements/query-box.js";
import "./elements/run-selection.js";
import "./elements/time-ago.js";
import "./keyboard.js";
import { followMlflowLink } from "./lib/mlflow-links.js";

followMlflowLink();

// A list that cannot be fetched in place is opened as a page, which says why.
document.addEventListener("htmx:response:error", (event) => {
  const { request } = event.detail.ctx;
  if (request.method === "GET") location.assign(request.action);
});
