import { readFileSync, writeFileSync } from 'node:fs';
import { cells } from './cells.ts';
import { exceptions } from './exceptions.ts';
import { markdownRow, type Result } from './result.ts';

const file = 'docs/infrastructure.md';

/** The part of the document between two comments. */
function block(name: string): RegExp {
  return new RegExp(`(<!-- ${name} -->\\n)[^]*?(\\n<!-- end of ${name} -->)`);
}

function replaceBlock(text: string, name: string, lines: readonly string[]): string {
  const pattern = block(name);
  if (!pattern.test(text)) throw new Error(`${file} has no block ${name}`);
  return text.replace(pattern, (_whole, start, end) => start + lines.join('\n') + end);
}

/** The tests that some cells leave out. */
export function exceptionLines(): string[] {
  if (exceptions.length === 0) return ['None.'];
  return [
    '| tests whose titles begin with | excluded in | because |',
    '|---|---|---|',
    ...exceptions.map(
      ({ title, cells, reason }) =>
        `| ${title} | ${cells.map((cell) => `\`${cell}\``).join(', ')} | ${reason} |`,
    ),
  ];
}

/** The rows of the table in the document, by the name of the cell. */
function documentedRows(text: string): Map<string, string> {
  const [table = ''] = block('results').exec(text) ?? [];
  return new Map([...table.matchAll(/^\| `([\w-]+)` \|.*$/gm)].map(([row, name = '']) => [name, row]));
}

/** A cell that has not been run now keeps its row. */
function resultLines(results: readonly Result[], rows: ReadonlyMap<string, string>): string[] {
  return [
    '| cell | servers | versions | passed | excluded |',
    '|---|---|---|---|---|',
    ...cells.map(({ name, servers }) => {
      const result = results.find((each) => each.name === name);
      return result
        ? markdownRow(result, servers)
        : (rows.get(name) ?? `| \`${name}\` | ${servers} | not run | | |`);
    }),
  ];
}

/** The names of the cells in the table of the document. */
export const documentedCells = (): string[] => [...documentedRows(readFileSync(file, 'utf8')).keys()];

/** The text of the document's block of exceptions. */
export function documentedExceptions(): string[] {
  const [text = ''] = block('exceptions').exec(readFileSync(file, 'utf8')) ?? [];
  return text.split('\n').slice(1, -1);
}

/** Writes the results of complete cells, and the exceptions, into the document. */
export function writeDocument(results: readonly Result[]): void {
  const text = readFileSync(file, 'utf8');
  const withResults = replaceBlock(text, 'results', resultLines(results, documentedRows(text)));
  writeFileSync(file, replaceBlock(withResults, 'exceptions', exceptionLines()));
}
