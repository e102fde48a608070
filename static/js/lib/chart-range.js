// The range of x that is looked at: all charts of a page along the same axis share it, and the address keeps it.

export function shareRange(figure, axis, range, unit) {
  const url = new URL(location.href);
  for (const [at, name] of ["x_from", "x_to"].entries()) {
    if (range) url.searchParams.set(name, ends(range)[at] + unit);
    else url.searchParams.delete(name);
  }
  history.replaceState(history.state, "", url);
  document.dispatchEvent(new CustomEvent("charts:range", { detail: { figure, axis, range, unit } }));
}

// As an address has them: seven digits of the range are finer than a pixel.
export function ends(range) {
  if (range.some((end) => typeof end !== "number")) return range.map(String);
  const digits = Math.max(0, 6 - Math.floor(Math.log10(Math.abs(range[1] - range[0]) || 1)));
  return range.map((end) => String(Number(end.toFixed(Math.min(digits, 20)))));
}
