import fc from 'fast-check';
import { hostileText, troublesomeText } from './text.ts';

/** An object as a list of entries: a fuzzed one may contain a key twice, or the key `__proto__`. */
export interface Entries {
  readonly entries: readonly (readonly [string, Json])[];
}
/** Literal text for a value: numbers beyond a double, and values that are not JSON. */
export interface Raw {
  readonly raw: string;
}
export type Json = string | number | boolean | null | readonly Json[] | Entries | Raw;

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

export function isEntries(value: Json): value is Entries {
  return typeof value === 'object' && value !== null && 'entries' in value && !isList(value);
}

/** The text of a body. Lone surrogates are escaped, because JSON cannot contain them otherwise. */
export function write(value: Json): string {
  if (isList(value)) return `[${value.map(write).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if ('raw' in value) return value.raw;
  return `{${value.entries.map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(',')}}`;
}

const depths = fc.constantFrom(50, 2_000, 20_000, 45_000);
const deep = fc.oneof(
  depths.map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.constantFrom(50, 2_000, 12_000).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
);
const numbers = ['1e999', '-1e999', '-0', '1e-400', '123456789012345678901234567890', '0.1', '00', 'NaN'];

/** A value that fits almost no schema. */
export const hostileValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: hostileText(8, 128) },
  { weight: 2, arbitrary: fc.constantFrom<Json>(null, true, false, 0, -1, 2 ** 53, [], { entries: [] }) },
  { weight: 2, arbitrary: fc.constantFrom(...numbers).map((raw) => ({ raw })) },
  { weight: 1, arbitrary: deep.map((raw) => ({ raw })) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }).map((raw) => ({ raw })) },
  { weight: 1, arbitrary: fc.constantFrom(51, 20_000).map((count) => Array<Json>(count).fill('x')) },
);

type Change = (value: Json) => Json;

const setAt = (entries: Entries['entries'], index: number, value: Json): Entries['entries'] =>
  entries.map((entry, at) => (at === index % entries.length ? ([entry[0], value] as const) : entry));

function changeOf(kind: string, index: number, key: string, value: Json): Change {
  return (body) => {
    if (!isEntries(body) || kind === 'instead') return value;
    const { entries } = body;
    const [first = key] = entries[index % Math.max(1, entries.length)] ?? [];
    if (kind === 'extra') return { entries: [...entries, [key, value]] };
    if (kind === 'many') {
      const surplus = Array.from({ length: 5_000 }, (_, at) => [`${at}`, null] as const);
      return { entries: [...entries, ...surplus] };
    }
    if (kind === 'again') return { entries: [...entries, [first, value]] };
    if (kind === 'missing') return { entries: entries.filter(([name]) => name !== first) };
    if (kind === 'wrapped') return { entries: setAt(entries, index, [entries[0]?.[1] ?? null]) };
    return { entries: setAt(entries, index, value) };
  };
}

/** One change of a valid body, as a careless or hostile client might make it. */
export const change: fc.Arbitrary<Change> = fc
  .tuple(
    fc.constantFrom('value', 'value', 'value', 'missing', 'extra', 'again', 'wrapped', 'instead', 'many'),
    fc.nat(10),
    troublesomeText,
    hostileValue,
  )
  .map(([kind, index, key, value]) => changeOf(kind, index, key, value));

const broken: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  deep.map((text) => Buffer.from(text)),
  fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text.slice(0, -1))),
  fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text, 'utf16le')),
  fc.json({ maxDepth: 3 }).map((text) => Buffer.from(`\ufeff${text}`)),
  fc.constantFrom(102_399, 102_400, 102_401, 300_000).map((length) => Buffer.alloc(length, ' ')),
  fc
    .constantFrom('{', '[', '"', '{"a":', '\ud800', '0x1', "{'a':1}", '{"a":1,}')
    .map((text) => Buffer.from(text)),
);

/** Bytes that are no valid body. */
export const garbageBody = broken;
