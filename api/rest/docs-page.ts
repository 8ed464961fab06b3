import type { Settings } from '../services.js';
import { type Html, html } from './html.js';
import type { OpenApi, OpenApiOperation, OpenApiResponse } from './openapi.js';

/** The OpenAPI document as a page to read: no script, the product's own style sheet. */
export function docsPage(document: OpenApi, { brandName, supportEmail }: Settings): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const { title, description } = document.info;
  return html`<!DOCTYPE html>
<html lang="en" class="govuk-template">
<head>
  <meta charset="utf-8">
  <title>${title}</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <meta name="robots" content="noindex">
  <link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/assets/app.css">
  <link rel="stylesheet" href="/api/docs.css">
</head>
<body class="govuk-template__body">
<a href="#main-content" class="govuk-skip-link" data-module="govuk-skip-link">Skip to main content</a>
<div class="govuk-width-container app-page">
  <main class="govuk-main-wrapper app-sheet app-sheet--wide" id="main-content" tabindex="-1">
    <h1 class="govuk-heading-l">${title}</h1>
    <p class="govuk-body">${prose(description)}</p>
    <p class="govuk-body">Base address: <code>${document.servers[0]?.url}</code>. Send your key with every request:
      <code>Authorization: Bearer YOUR_KEY</code>. For machines: <a class="govuk-link" href="/api/openapi.json">OpenAPI 3.1</a>.</p>
    <h2 class="govuk-heading-m">Operations</h2>
    <ul class="govuk-list govuk-list--bullet">${operations.map(
      ({ operation: { operationId, summary } }) =>
        html`<li><a class="govuk-link" href="#${operationId}">${summary}</a></li>`,
    )}</ul>
    ${operations.map(section)}
    <h2 class="govuk-heading-m" id="schemas">Schemas</h2>
    ${Object.entries(document.components.schemas).map(
      ([name, schema]) =>
        html`<h3 class="govuk-heading-s" id="schema-${name}">${name}</h3>${code(schema, `Schema ${name}`)}`,
    )}
    <p class="govuk-body">${brandName} support: <a class="govuk-link" href="mailto:${supportEmail}">${supportEmail}</a></p>
  </main>
</div>
</body>
</html>
`.text;
}

/** What the product's own pages have no need of. */
export const DOCS_STYLE = `code { overflow-wrap: anywhere; }
pre { overflow-x: auto; padding: 15px; border: 1px solid; }
pre code { overflow-wrap: normal; }
dd { margin-bottom: 10px; }
`;

interface Listed {
  path: string;
  method: string;
  operation: OpenApiOperation;
}

function section({ path, method, operation }: Listed): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const body = requestBody?.content['application/json'];
  return html`
    <h2 class="govuk-heading-m" id="${operationId}">${summary}</h2>
    <p class="govuk-body"><code>${method.toUpperCase()} ${path}</code></p>
    <p class="govuk-body">${prose(description)}</p>
    ${
      parameters.length > 0 &&
      html`<dl class="govuk-list">${parameters.map(
        ({ name, in: place, description: what }) =>
          html`<dt><code>${name}</code> (${place})</dt><dd>${prose(what)}</dd>`,
      )}</dl>`
    }
    ${
      body &&
      html`<p class="govuk-body">Body: ${schemaLink(body.schema)}</p>${code(body.example, `Body of ${operationId}`)}`
    }
    <dl class="govuk-list">${Object.entries(responses).map(
      ([status, response]) =>
        html`<dt><code>${status}</code></dt><dd>${response.description}${answerOf(response, `${operationId} ${status}`)}</dd>`,
    )}</dl>`;
}

function answerOf({ content }: OpenApiResponse, label: string): Html | undefined {
  const answer = content['application/json'];
  return answer && html` ${schemaLink(answer.schema)}${code(answer.example, `Answer of ${label}`)}`;
}

function schemaLink({ $ref }: Record<string, unknown>): Html {
  const name = String($ref).split('/').at(-1);
  return html`<a class="govuk-link" href="#schema-${name}">${name}</a>`;
}

/** Scrolls where it is wide, so it can be reached by keyboard and has a name. */
const code = (value: unknown, label: string): Html =>
  html`<pre tabindex="0" role="region" aria-label="${label}"><code>${JSON.stringify(value, null, 2)}</code></pre>`;

/** Text with `code` in it. */
const prose = (text: string): Html[] =>
  text.split('`').map((part, n) => (n % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
