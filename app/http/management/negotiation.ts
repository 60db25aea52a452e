/** One element of Accept or Accept-Encoding, such as `text/plain; version=0.0.4; q=0.5`. Names are in lower case. */
interface Preference {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0 (not acceptable) to 1. */
  readonly quality: number;
}

/** A media type that can be sent, in lower case. */
export interface MediaType {
  readonly name: `${string}/${string}`;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * Splits at a separator outside of quoted strings (RFC 9110 section 5.6.4). A string without its end extends to the end of the
 * text: otherwise each of its quotes would be tried as a beginning, in quadratic time.
 */
const split = (text: string, separator: ',' | ';'): string[] =>
  text.match(new RegExp(`(?:[^"${separator}]|"(?:[^"\\\\]|\\\\[^])*\\\\?(?:"|$))+`, 'g')) ?? [];

const unquote = (text: string): string => text.replace(/^"(.*)"$/s, '$1').replaceAll(/\\(.)/gs, '$1');

/** Null for a weight that is no number from 0 to 1, whose element says nothing. */
function parsePreference(element: string): Preference | null {
  const [name = '', ...rest] = split(element, ';').map((part) => part.trim());
  const pairs = rest.map((part) => {
    const [key = '', value = ''] = part.split(/=(.*)/s);
    return [key.trim().toLowerCase(), unquote(value.trim()).toLowerCase()] as const;
  });
  const parameters = new Map(pairs);
  const quality = Number(parameters.get('q') ?? 1);
  parameters.delete('q');
  return quality >= 0 && quality <= 1 ? { name: name.toLowerCase(), parameters, quality } : null;
}

const parse = (field: string): Preference[] =>
  split(field, ',').flatMap((element) => parsePreference(element) ?? []);

/** How precisely a media range names a type; 0 if it does not (RFC 9110 section 12.5.1). */
function precisionOf(
  { name, parameters }: Preference,
  type: MediaType,
  ignored: ReadonlySet<string>,
): number {
  if (name === '*/*') return 1;
  if (name === type.name.replace(/\/.*/, '/*')) return 2;
  const named = [...parameters].filter(([key]) => !ignored.has(key));
  const isNamed = name === type.name && named.every(([key, value]) => type.parameters[key] === value);
  return isNamed ? 3 + named.length : 0;
}

/**
 * Chooses the media type that an Accept field prefers (RFC 9110 section 12.5.1). The most precise range that names a type
 * decides about it. Among equal weights, the type that is named more precisely wins, then the first one.
 * @param ignored parameters of a range that all types satisfy
 * @returns null if none is acceptable
 */
export function preferredType<T extends MediaType>(
  field: string,
  types: readonly T[],
  ignored: ReadonlySet<string> = new Set(),
): T | null {
  const preferences = parse(field);
  const candidates = types.flatMap((type) => {
    const ranges = preferences.map((one) => ({ ...one, precision: precisionOf(one, type, ignored) }));
    const [decisive] = ranges.toSorted((one, other) => other.precision - one.precision);
    const isAcceptable = decisive && decisive.precision > 0 && decisive.quality > 0;
    return isAcceptable ? [{ type, quality: decisive.quality, precision: decisive.precision }] : [];
  });
  const [best] = candidates.toSorted(
    (one, other) => other.quality - one.quality || other.precision - one.precision,
  );
  return best?.type ?? null;
}

/** Whether an Accept-Encoding field prefers gzip to no encoding at all (RFC 9110 section 12.5.3). */
export function prefersGzip(field: string): boolean {
  const preferences = parse(field);
  const weightOf = (...names: string[]): number | undefined =>
    preferences.find(({ name }) => names.includes(name))?.quality;
  const gzip = weightOf('gzip', 'x-gzip') ?? weightOf('*') ?? 0;
  return gzip > 0 && gzip >= (weightOf('identity') ?? 0);
}
