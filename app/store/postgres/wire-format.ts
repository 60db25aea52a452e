/**
 * How values travel to and from Postgres. The client serializes a parameter by the type that the server reports, and
 * serializes it a second time when it repeats a statement whose prepared plan has become void
 * (postgres/src/connection.js, `retry`): bytes then become the text of their text, and `true` becomes false. So parameters
 * are text before the client gets them, and the client sends text as it is. Results are read in every format that a
 * setting of the server can choose, or refused if they are ambiguous.
 */

/** Oids of types in the catalogue of Postgres (pg_type.dat). They never change. */
const oids = { boolean: 16, bytea: 17, json: 114, timestamptz: 1184, numeric: 1700, jsonb: 3802 };

/**
 * The text of a parameter. No setting of the server changes what Postgres reads from it.
 * @throws TypeError for a value without such a text, for example an array: send it as JSON text
 */
export function encodeParameter(value: unknown): string | null | undefined {
  // The client itself reports undefined.
  if (value === null || value === undefined || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString('hex')}`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return String(value);
  throw new TypeError(`a parameter cannot be ${Array.isArray(value) ? 'an array' : `a ${typeof value}`}`);
}

const escaped = /\\(\\|[0-7]{3})|[^\\]/g;

/**
 * Reads both formats of `bytea_output`. They cannot be confused: in the format `escape` a backslash is written twice, so
 * `\x` never begins it.
 */
export function decodeBytes(text: string): Buffer {
  if (text.startsWith('\\x')) return Buffer.from(text.slice(2), 'hex');
  const bytes = Array.from(text.matchAll(escaped), ([character, code]) =>
    code === undefined || code === '\\' ? character.charCodeAt(0) : Number.parseInt(code, 8),
  );
  return Buffer.from(bytes);
}

const isoInstant = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?[+-]\d\d(:\d\d)?$/;

/**
 * Reads a time in the format of `DateStyle` ISO, which connection.ts requests. In other styles, the same text may be one of
 * two days.
 * @throws Error for every other format
 */
export function decodeInstant(text: string): Date {
  if (!isoInstant.test(text)) throw new Error('Postgres sends a time in another format than ISO (DateStyle)');
  return new Date(text);
}

const asItIs = (text: unknown) => text;

/** Types for the client, which replace its own. */
export const clientTypes = {
  boolean: {
    to: oids.boolean,
    from: [oids.boolean],
    serialize: asItIs,
    parse: (text: string) => text === 't',
  },
  bytea: { to: oids.bytea, from: [oids.bytea], serialize: asItIs, parse: decodeBytes },
  json: { to: oids.json, from: [oids.json, oids.jsonb], serialize: asItIs, parse: JSON.parse },
  // Unlike float8, its text does not depend on extra_float_digits.
  numeric: { to: oids.numeric, from: [oids.numeric], serialize: asItIs, parse: Number },
  date: { to: oids.timestamptz, from: [oids.timestamptz], serialize: asItIs, parse: decodeInstant },
};
