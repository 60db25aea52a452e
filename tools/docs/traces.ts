import { readFileSync } from 'node:fs';
import { type SpanType, spanTypes } from '../../app/observe/span-schema.ts';
import { fillParts } from './generated-parts.ts';

function table({ attributes, kind, name, title }: SpanType): string {
  const rows = Object.entries(attributes).map(
    ([key, { isRequired, meaning, type }]) =>
      `| \`${key}\` | ${type} | ${isRequired ? 'always' : 'sometimes'} | ${meaning} |`,
  );
  const head = ['| attribute | type | present | meaning |', '|---|---|---|---|'];
  return `### ${title}\n\nKind ${kind}, name \`${name}\`.\n\n${[...head, ...rows].join('\n')}`;
}

const tables = (): string => Object.values(spanTypes).map(table).join('\n\n');

const page = new URL('../../docs/traces.md', import.meta.url);

/** docs/traces.md: the prose is written by hand, the tables between the two comments are generated. */
export const tracesPage = (): string => fillParts(readFileSync(page, 'utf8'), { '': tables });
