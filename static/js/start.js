// Lets a page be painted before scripts take the processor, then loads them: our elements, and htmx by its
// address in `data-htmx`. The page works without them, so it can be read and clicked meanwhile.
{
  const src = document.currentScript.dataset.htmx;

  // A step back to what htmx had put here leads nowhere until htmx is there again.
  const goBack = (event) => event.state?.htmx && location.reload();
  addEventListener("popstate", goBack);

  const load = () => {
    const htmx = Object.assign(document.createElement("script"), { src });
    htmx.addEventListener("load", () => removeEventListener("popstate", goBack));
    document.head.append(htmx);
    import("./app.js");
  };

  // A hidden tab is never painted.
  if (document.hidden) load();
  else requestAnimationFrame(() => (window.requestIdleCallback ?? setTimeout)(load));
}
