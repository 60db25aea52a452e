import fc from 'fast-check';
import type { Schema } from './document.ts';
import { change, garbageBody, type Json, write } from './json.ts';
import {
  cursorPlaceholder,
  cyrillicPlaceholder,
  newPlaceholder,
  placeholder,
  resetPlaceholder,
  rolePlaceholder,
} from './placeholders.ts';
import { hostileText } from './text.ts';

const anyone = ['admin', 'user', 'victim'] as const;
const each = (what: Parameters<typeof placeholder>[1]): string[] =>
  anyone.map((who) => placeholder(who, what));

/** Likely values by the name of the field, so that valid requests reach the business rules. */
const likely: Readonly<Record<string, readonly string[]>> = {
  email: [
    ...each('email'),
    `${newPlaceholder}@example.com`,
    `${newPlaceholder}@example.org`,
    `${newPlaceholder}@Example.COM`,
  ],
  username: [
    ...each('username'),
    newPlaceholder,
    newPlaceholder,
    cyrillicPlaceholder,
    cyrillicPlaceholder,
    'раypal',
  ],
  password: [...each('password'), 'Str0ng-enough-for-anyone', 'password1'],
  current_password: each('password'),
  new_password: ['Str0ng-enough-for-anyone', 'password1', placeholder('user', 'email')],
  refresh_token: each('refresh'),
  token: [resetPlaceholder],
  device_token: [`${'A'.repeat(22)}.${'A'.repeat(43)}`],
  name: ['editor', rolePlaceholder, 'admin', newPlaceholder],
  id: [...each('id'), '00000000-0000-4000-8000-000000000000'],
  cursor: [cursorPlaceholder],
  roles: ['user', 'admin', rolePlaceholder, 'user', 'nobody'],
};

function textOf(schema: Schema, name: string): fc.Arbitrary<string> {
  const known = likely[name];
  if (known) return fc.constantFrom(...known);
  if (schema.format === 'uuid') return fc.uuid();
  return fc.string({ unit: 'grapheme', minLength: schema.minLength ?? 0, maxLength: 20 });
}

/** Values that the schema allows. */
export function valid(schema: Schema, name = ''): fc.Arbitrary<Json> {
  if (schema.type === 'object') {
    const entries = Object.entries(schema.properties ?? {}).map(([key, property]) => {
      const entry = valid(property, key).map((value) => [key, value] as const);
      return schema.required?.includes(key) ? entry : fc.option(entry, { nil: undefined });
    });
    return fc.tuple(...entries).map((found) => ({ entries: found.filter((entry) => entry !== undefined) }));
  }
  if (schema.type === 'array') return fc.array(valid(schema.items ?? {}, name), { maxLength: 3 });
  if (schema.type === 'integer') return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 100 });
  if (schema.type === 'boolean') return fc.boolean();
  return textOf(schema, name);
}

/** Text for a parameter of the path or the query: valid or hostile. */
export function parameter(schema: Schema, name: string): fc.Arbitrary<string> {
  const limits = [schema.minLength, schema.maxLength, schema.minimum, schema.maximum].filter(
    (limit) => limit !== undefined && limit < 10_000,
  );
  return fc.oneof(
    { weight: 3, arbitrary: valid(schema, name).map(String) },
    { weight: 1, arbitrary: hostileText(...(limits as number[])) },
  );
}

/** Bytes for a body: valid, valid with one or two changes, or garbage. */
export function bodyOf(schema: Schema): fc.Arbitrary<Buffer> {
  const right = valid(schema);
  const nearly = fc
    .tuple(right, fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([body, changes]) => changes.reduce((changed, apply) => apply(changed), body));
  const bytes = (body: Json) => Buffer.from(write(body));
  return fc.oneof(
    { weight: 3, arbitrary: right.map(bytes) },
    { weight: 5, arbitrary: nearly.map(bytes) },
    { weight: 1, arbitrary: garbageBody },
  );
}
