import { readFileSync } from 'node:fs';
import type { Field, JsonSchema } from '../../app/observe/events/field.ts';
import { securityNames } from '../../app/observe/events/security-names.ts';
import { fillParts } from './generated-parts.ts';
import { eventSpecs } from './log-schema.ts';

const inCode = (text: string): string => `\`${text}\``;

/** A sentence out of a phrase of the table of fields. */
const sentence = (phrase: string): string => (phrase.endsWith('.') ? phrase : `${phrase}.`);

function choicesOf({ anyOf, enum: choices }: JsonSchema): readonly string[] {
  if (Array.isArray(choices)) return choices;
  // reason: the first alternative of a nullable field is its schema.
  return Array.isArray(anyOf) ? choicesOf(anyOf[0] as JsonSchema) : [];
}

function typeOf({ anyOf, const: constant, enum: choices, items, type }: JsonSchema): string {
  // reason: the first alternative of a nullable field is its schema, and an item of a list has a schema.
  if (Array.isArray(anyOf)) return `${typeOf(anyOf[0] as JsonSchema)} or null`;
  if (type === 'array') return `list of ${typeOf(items as JsonSchema)}`;
  if (choices !== undefined) return 'text';
  return constant === undefined ? String(type).replace('string', 'text') : String(constant);
}

function describeField(name: string, { schema }: Field<unknown>, isOptional: boolean): string {
  // `security` has a table of its own, and the methods of HTTP need none.
  const choices = ['security', 'method'].includes(name) ? [] : choicesOf(schema);
  const values = choices.length > 0 ? ` (${choices.map(inCode).join(', ')})` : '';
  return `${inCode(isOptional ? `${name}?` : name)}${values}`;
}

function eventTable(): string {
  const rows = eventSpecs.map(([name, { levels, isSecurity, meaning, optional, required }]) => {
    const fields = [
      ...Object.entries(required).map(([field, spec]) => describeField(field, spec, false)),
      ...Object.entries(optional).map(([field, spec]) => describeField(field, spec, true)),
    ];
    const level = levels.join(', ') + (isSecurity ? ', security' : '');
    return `| ${inCode(name)} | ${level} | ${meaning} | ${fields.join(', ') || '–'} |`;
  });
  return ['| `event` | level | meaning | fields |', '|---|---|---|---|', ...rows].join('\n');
}

const securityTable = (): string =>
  [
    '| `security` | meaning |',
    '|---|---|',
    ...Object.entries(securityNames).map(([name, { meaning }]) => `| ${inCode(name)} | ${meaning} |`),
  ].join('\n');

/** Each name once, with every meaning that it has in some event. */
function fieldTable(): string {
  const fields = new Map<string, { types: Set<string>; meanings: Set<string> }>();
  for (const [, { optional, required }] of eventSpecs)
    for (const [name, { meaning, schema }] of Object.entries({ ...required, ...optional })) {
      const entry = fields.get(name) ?? { types: new Set(), meanings: new Set() };
      entry.types.add(typeOf(schema).replace(' or null', ''));
      entry.meanings.add(sentence(meaning));
      fields.set(name, entry);
    }
  const sorted = [...fields].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const rows = sorted.map(([name, { types, meanings }]) => {
    const meaning = [...meanings].map((text) => text.charAt(0).toUpperCase() + text.slice(1)).join(' Or: ');
    return `| ${inCode(name)} | ${[...types].join(' or ')} | ${meaning} |`;
  });
  return ['| field | type | meaning |', '|---|---|---|', ...rows].join('\n');
}

const parts: Readonly<Record<string, () => string>> = {
  'security events': securityTable,
  events: eventTable,
  fields: fieldTable,
};

const page = new URL('../../docs/logging.md', import.meta.url);

/** docs/logging.md: the prose is written by hand, the tables are generated from app/observe/events. */
export const loggingPage = (): string => fillParts(readFileSync(page, 'utf8'), parts);
