import { readFileSync } from 'node:fs';

const page = readFileSync('docs/gateways.md', 'utf8');

function sectionBelow(heading: string): string {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  return section.replace(/\n## [\s\S]*$/, '');
}

/** Blocks of code below a heading of docs/gateways.md, by the language of the block. */
function blocksBelow(heading: string): Map<string, string> {
  const blocks = sectionBelow(heading).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm);
  return new Map([...blocks].map(([, language = '', text = '']) => [language, text]));
}

const codeOf = (cell: string): string => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code).join('\n');

/**
 * Changes a configuration as the document says, so that OPTIONS reaches the application without a token.
 * @throws Error if the document says nothing about this gateway, or nothing that fits the configuration
 */
function exemptOptions(heading: string, text: string): string {
  const rows = [...sectionBelow('Preflights of browsers').matchAll(/^\| (\w+) \| (.+) \| (.+) \|$/gm)];
  const changes = rows.filter(([, gateway]) => gateway === heading);
  if (changes.length === 0) throw new Error(`docs/gateways.md exempts no OPTIONS of ${heading}`);
  return changes.reduce((changed, [, , before = '', after = '']) => {
    if (!changed.includes(codeOf(before))) throw new Error(`${heading} does not contain ${before}`);
    return changed.replaceAll(codeOf(before), codeOf(after));
  }, text);
}

/** Where the names of the document are in a test. */
export interface Addresses {
  /** `host:port` */
  readonly auth: string;
  readonly orders: string;
  readonly backOffice: string;
  /** Whether OPTIONS passes without a token. @default false */
  readonly exemptsOptions?: boolean;
}

/**
 * A configuration of docs/gateways.md. Only the addresses are replaced, so that a test runs the text that readers copy.
 * @throws Error if the document does not have it
 */
export function documented(heading: string, language: string, addresses: Addresses): string {
  const text = blocksBelow(heading).get(language);
  if (text === undefined) throw new Error(`docs/gateways.md has no ${language} below "${heading}"`);
  return (addresses.exemptsOptions ? exemptOptions(heading, text) : text)
    .replaceAll('auth-service:8000', addresses.auth)
    .replaceAll('back-office:8080', addresses.backOffice)
    .replaceAll('orders:8080', addresses.orders);
}
