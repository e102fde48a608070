// The links that MLflow's clients print, such as /#/experiments/1/runs/ab12, lead to our pages.
const RUN = /^#\/experiments\/\d+\/runs\/([\w-]{1,256})/;
// Names stay as they are written: percent-encoded.
const VERSION = /^#\/models\/([^/?]{1,1000})\/versions\/(\d{1,9})/;
const MODEL = /^#\/models\/([^/?]{1,1000})/;
const EXPERIMENT = /^#\/experiments\/(\d{1,18})/;

export function addressOf(hash) {
  const run = RUN.exec(hash);
  if (run) return `/runs/${run[1]}/`;
  const version = VERSION.exec(hash);
  if (version) return `/models/${version[1]}/versions/${version[2]}/`;
  const model = MODEL.exec(hash);
  if (model) return `/models/${model[1]}/`;
  const experiment = EXPERIMENT.exec(hash);
  return experiment ? `/experiments/${experiment[1]}/` : null;
}

export function followMlflowLink() {
  const address = addressOf(location.hash);
  if (address) location.replace(address);
}
