import { readFileSync } from 'node:fs';

const page = readFileSync('docs/gateways.md', 'utf8');

/** Blocks of code below a heading of docs/gateways.md, by the language of the block. */
function blocksBelow(heading: string): Map<string, string> {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const blocks = section.replace(/\n## [\s\S]*$/, '').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return new Map([...blocks].map(([, language = '', text = '']) => [language, text]));
}

/** Where the names of the document are in a test. */
export interface Addresses {
  /** `host:port` */
  readonly auth: string;
  readonly orders: string;
  readonly backOffice: string;
  readonly listen: string;
}

/**
 * A configuration of docs/gateways.md. Only the addresses are replaced, so that a test runs the text that readers copy.
 * @throws Error if the document does not have it
 */
export function documented(heading: string, language: string, addresses: Addresses): string {
  const text = blocksBelow(heading).get(language);
  if (text === undefined) throw new Error(`docs/gateways.md has no ${language} below "${heading}"`);
  return text
    .replaceAll('auth-service:8000', addresses.auth)
    .replaceAll('back-office:8080', addresses.backOffice)
    .replaceAll('orders:8080', addresses.orders);
}
