import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Endpoint, endpoint } from '../../http/route/endpoint.ts';
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

const open = { access: 'open', answers: { 200: { description: 'Part of the documentation' } } } as const;

const cacheFor = (minutes: number) => ({ 'Cache-Control': `public, max-age=${minutes * 60}` });

/** The files of the installed package that the page loads. No other path of the package is served. */
const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/**
 * One file of Swagger UI, read at the first request, because most processes never serve the page. The read is
 * synchronous: otherwise each request that arrives during the read would read a copy of its own. The file is cached for
 * a day: the names contain no version, and an upgrade should show soon.
 */
function asset([file, type]: [string, string]): Endpoint {
  const path = createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`);
  let body: Buffer | undefined;
  return endpoint(`GET ${folder}/${file}`, { ...open, summary: 'Swagger UI' }, () => {
    body ??= readFileSync(path);
    return { headers: cacheFor(24 * 60), raw: { type, body } };
  });
}

/** The body is one Buffer: Node sends it without a copy for each response, however many clients read it slowly. */
function fixed(path: `/${string}`, summary: string, type: string, text: string, headers = {}): Endpoint {
  const answer = { headers: { ...cacheFor(5), ...headers }, raw: { type, body: Buffer.from(text) } };
  return endpoint(`GET ${path}`, { ...open, summary }, () => answer);
}

/**
 * The OpenAPI document, made at the first request for the same reason. It would take a tenth of the CPU time of a start.
 */
function openApi(create: () => object): Endpoint {
  let body: Buffer | undefined;
  return endpoint('GET /api/v1/openapi.json', { ...open, summary: 'This API as OpenAPI 3.1' }, () => {
    body ??= Buffer.from(JSON.stringify(create()));
    return { headers: cacheFor(5), raw: { type: 'application/json', body } };
  });
}

/**
 * The OpenAPI document and a page to browse it, which loads nothing from any other host.
 * @param createDocument returns what createOpenApi makes; called once at most
 */
export function documentationEndpoints(createDocument: () => object): Endpoint[] {
  const policy = { 'Content-Security-Policy': contentSecurityPolicy };
  const script = `${folder}/start.js` as const;
  return [
    openApi(createDocument),
    fixed(folder, 'This API to browse', 'text/html; charset=utf-8', docsPage, policy),
    fixed(script, 'Starts Swagger UI', 'text/javascript; charset=utf-8', docsScript),
    ...Object.entries(assets).map(asset),
  ];
}
