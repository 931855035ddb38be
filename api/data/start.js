// No validator: its badge would be fetched from outside.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
  requestSnippetsEnabled: true,
});
