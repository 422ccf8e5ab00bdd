// The OpenAPI description, to read and to try, from our own server alone.

window.SwaggerUIBundle({
  url: "/openapi.json",
  domNode: document.getElementById("swagger"),
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
