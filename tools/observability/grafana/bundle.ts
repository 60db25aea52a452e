import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { packageOnDemand } from '../../../test/support/package-on-demand.ts';
import { runToEnd } from '../../torture/harness/process.ts';

const source = fileURLToPath(new URL('page.js', import.meta.url));

/** A name that no resolver knows: every request to it is answered by this program. */
const origin = 'http://pictures.invalid';

const html = `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="stylesheet" href="/page.css">
<script>window.__grafana_public_path__ = '/public/';</script>
<body><div id="root"></div><script src="/page.js"></script></body></html>`;

/** Bundles the page with the components of Grafana. @throws Error if the npm registry does not offer them */
async function bundle(folder: string): Promise<string> {
  const modules = packageOnDemand('grafana-panels');
  if (!modules) throw new Error('the npm registry does not offer the components of Grafana');
  const options = [
    '--bundle',
    '--minify',
    '--format=iife',
    '--platform=browser',
    '--define:process.env.NODE_ENV="production"',
    '--define:global=window',
    ...['woff', 'woff2'].map((font) => `--loader:.${font}=dataurl`),
    // The font of an editor that no picture shows.
    '--loader:.ttf=empty',
    `--outfile=${join(folder, 'page.js')}`,
    '--log-level=error',
  ];
  const esbuild = join(modules, 'esbuild/bin/esbuild');
  const logFile = join(folder, 'esbuild.log');
  await runToEnd([process.execPath, esbuild, source, ...options], { logFile, env: { NODE_PATH: modules } });
  return modules;
}

/** Answers the requests of the page from the bundle, and those for icons from the package of their author. */
async function answerFromFolder(page: Page, folder: string, modules: string): Promise<void> {
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    const name = basename(pathname);
    if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html });
    if (name.endsWith('.svg')) {
      const icon = join(modules, '@iconscout/unicons/svg/line', name);
      return existsSync(icon)
        ? route.fulfill({ contentType: 'image/svg+xml', body: readFileSync(icon) })
        : route.fulfill({ contentType: 'image/svg+xml', body: '<svg xmlns="http://www.w3.org/2000/svg"/>' });
    }
    if (!['page.js', 'page.css'].includes(name)) return route.abort();
    const contentType = name.endsWith('.js') ? 'text/javascript' : 'text/css';
    return route.fulfill({ contentType, body: readFileSync(join(folder, name)) });
  });
}

/** Opens pages that can draw dashboards. @param width CSS pixels */
export async function createPainter(options: { folder: string; browser: Browser; width: number }) {
  const { browser, folder, width } = options;
  const modules = await bundle(folder);
  return async (): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    page.on('pageerror', (error) => process.stderr.write(`the page: ${error.stack}\n`));
    await answerFromFolder(page, folder, modules);
    await page.goto(`${origin}/`);
    return page;
  };
}
