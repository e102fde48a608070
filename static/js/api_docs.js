// Draws the OpenAPI document with Swagger UI. Someone who is logged in sends the CSRF token with what they try out.
const place = document.getElementById("api-docs");
const page = document.documentElement;
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");

function followTheme() {
  const isDark = page.dataset.theme === "dark" || (page.dataset.theme === "system" && systemIsDark.matches);
  page.classList.toggle("dark-mode", isDark);
}

followTheme();
systemIsDark.addEventListener("change", followTheme);
new MutationObserver(followTheme).observe(page, { attributeFilter: ["data-theme"] });

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  requestInterceptor(request) {
    if (place.dataset.csrf && request.method && request.method !== "GET") request.headers["X-CSRFToken"] = place.dataset.csrf;
    return request;
  },
});
