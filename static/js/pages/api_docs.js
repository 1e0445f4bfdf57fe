// Starts Swagger UI. Requests tried out from the page carry the CSRF token of who is signed in.
const { openapiUrl, csrfToken } = document.body.dataset;

window.SwaggerUIBundle({
  url: openapiUrl,
  dom_id: "#swagger-ui",
  deepLinking: true,
  layout: "BaseLayout",
  presets: [window.SwaggerUIBundle.presets.apis],
  validatorUrl: null, // the default asks a server on the internet
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = csrfToken;
    return request;
  },
});
