/** The page loads only what `documentationEndpoints` serves. */
export const docsPage = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Auth service API</title>
    <link rel="stylesheet" href="/api/v1/docs/swagger-ui.css">
    <link rel="icon" type="image/png" href="/api/v1/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/api/v1/docs/swagger-ui-bundle.js"></script>
    <script src="/api/v1/docs/start.js"></script>
  </body>
</html>
`;

/** A file of its own, because the page's policy allows no inline script. `validatorUrl` would call swagger.io. */
export const docsScript = `SwaggerUIBundle({
  url: '/api/v1/openapi.json',
  dom_id: '#swagger-ui',
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
  deepLinking: true,
  displayRequestDuration: true,
  validatorUrl: null,
});
`;
