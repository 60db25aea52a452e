import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Answer, type Endpoint, endpoint } from '../../http/route/endpoint.ts';
import { docsPage, docsScript } from './internal/page.ts';

const folder = '/api/v1/docs';

/**
 * Everything comes from this host and nothing is inline. Swagger UI sets its styles through the DOM, which
 * `style-src 'self'` allows. The browser test fails if a new version of Swagger UI needs more.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const minutes = (n: number) => `public, max-age=${n * 60}`;

const answers = { 200: { description: 'Part of the documentation' } };

/** The files of the installed package that the page loads. No other path of the package is served. */
const assets = [
  { file: 'swagger-ui.css', type: 'text/css; charset=utf-8' },
  { file: 'swagger-ui-bundle.js', type: 'text/javascript; charset=utf-8' },
  { file: 'favicon-32x32.png', type: 'image/png' },
] as const;

/** Reads at the first call, because most processes never serve the page. A failed read is tried again. */
function lazily<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => {
    value ??= read().catch((error: unknown) => {
      value = undefined;
      throw error;
    });
    return value;
  };
}

/** Cached for a day: the names contain no version, and an upgrade should show soon. */
function asset({ file, type }: (typeof assets)[number]): Endpoint {
  const path = createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`);
  const load = lazily(() => readFile(path));
  const headers = { 'Cache-Control': minutes(24 * 60) };
  return endpoint(`GET ${folder}/${file}`, { summary: 'Swagger UI', access: 'open', answers }, async () => ({
    headers,
    raw: { type, body: await load() },
  }));
}

function fixed(path: string, summary: string, answer: Answer): Endpoint {
  return endpoint(`GET /${path.slice(1)}`, { summary, access: 'open', answers }, () => answer);
}

/**
 * The OpenAPI document and a page to browse it, which loads nothing from any other host.
 * @param document as made by createOpenApi
 */
export function documentationEndpoints(document: object): Endpoint[] {
  return [
    fixed('/api/v1/openapi.json', 'This API as OpenAPI 3.1', {
      headers: { 'Cache-Control': minutes(5) },
      raw: { type: 'application/json', body: JSON.stringify(document) },
    }),
    fixed(folder, 'This API to browse', {
      headers: { 'Cache-Control': minutes(5), 'Content-Security-Policy': contentSecurityPolicy },
      raw: { type: 'text/html; charset=utf-8', body: docsPage },
    }),
    fixed(`${folder}/start.js`, 'Starts Swagger UI', {
      headers: { 'Cache-Control': minutes(5) },
      raw: { type: 'text/javascript; charset=utf-8', body: docsScript },
    }),
    ...assets.map(asset),
  ];
}
