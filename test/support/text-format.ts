/*
 * A strict parser of Prometheus' text format 0.0.4, written from its specification
 * (https://prometheus.io/docs/instrumenting/exposition_formats/) and not from the code that writes it. It accepts neither
 * exemplars nor anything else of OpenMetrics.
 */

export interface Sample {
  /** Name with suffix, such as `x_bucket`. */
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: Sample[];
}

const types = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);
const suffixes: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};
const names = '[a-zA-Z_:][a-zA-Z0-9_:]*';
/** `\\`, `\"` and `\n` are the only escape sequences of a label value. */
const pair = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/y;
const numbers = /^(?:[+-]?(?:Inf|\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|NaN)$/i;

const unescaped = (text: string): string =>
  text.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));

function fail(line: string, why: string): never {
  throw new Error(`${why}: ${line}`);
}

function parseNumber(text: string, line: string): number {
  if (!numbers.test(text)) fail(line, `${text} is no number`);
  return Number(text.replace(/inf$/i, 'Infinity'));
}

/** @returns the labels, and what follows them */
function parseLabels(text: string, line: string): [Map<string, string>, string] {
  const labels = new Map<string, string>();
  if (!text.startsWith('{')) return [labels, text];
  let at = 1;
  while (text[at] !== '}') {
    pair.lastIndex = at;
    const [found, name = '', value = ''] = pair.exec(text) ?? fail(line, 'malformed labels');
    if (labels.has(name)) fail(line, `the label ${name} is there twice`);
    labels.set(name, unescaped(value));
    at += found.length;
    if (text[at] === ',') at += 1;
    else if (text[at] !== '}') fail(line, 'malformed labels');
  }
  return [labels, text.slice(at + 1)];
}

function parseSample(line: string): Sample {
  const [, name = '', rest = ''] =
    new RegExp(`^(${names})(.*)$`, 's').exec(line) ?? fail(line, 'no name of a metric');
  const [labels, after] = parseLabels(rest, line);
  // The value, and perhaps a timestamp in milliseconds. An exemplar is an error.
  const [, value = ''] = /^[ \t]+(\S+)(?:[ \t]+-?\d+)?$/.exec(after) ?? fail(line, 'malformed value');
  return { name, labels, value: parseNumber(value, line) };
}

function checkHistogram({ name, samples }: Family): void {
  const seriesOf = ({ labels }: Sample): string =>
    JSON.stringify([...labels].filter(([label]) => label !== 'le').sort());
  for (const series of new Set(samples.map(seriesOf))) {
    const of = (suffix: string): Sample[] =>
      samples.filter((sample) => sample.name === name + suffix && seriesOf(sample) === series);
    const bounds = of('_bucket').map(({ labels }) => parseNumber(labels.get('le') ?? '', name));
    const counts = of('_bucket').map(({ value }) => value);
    const isRising = (values: readonly number[]): boolean =>
      values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0));
    if (!isRising(bounds) || !isRising(counts)) fail(series, `the buckets of ${name} are not cumulative`);
    if (bounds.at(-1) !== Number.POSITIVE_INFINITY) fail(series, `${name} has no bucket +Inf`);
    if (of('_sum').length !== 1) fail(series, `${name} has no sum`);
    if (of('_count')[0]?.value !== counts.at(-1)) fail(series, `the count of ${name} is another one`);
  }
}

function check(family: Family): void {
  const { name, samples, type } = family;
  const allowed = (suffixes[type] ?? ['']).map((suffix) => name + suffix);
  for (const sample of samples) {
    if (!allowed.includes(sample.name)) fail(sample.name, `does not belong to the ${type} ${name}`);
    if (type === 'counter' && !(sample.value >= 0)) fail(name, 'a counter is negative');
  }
  const series = samples.map((sample) => JSON.stringify([sample.name, [...sample.labels].sort()]));
  if (new Set(series).size !== series.length) fail(name, 'a series is there twice');
  if (type === 'histogram') checkHistogram(family);
}

/** @throws at the first violation of the format */
export function parseTextFormat(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) fail(text.slice(-40), 'the last line does not end');
  const families = new Map<string, Family>();
  const helps = new Map<string, string>();
  let current: Family | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const [, keyword, name = '', rest = ''] =
      new RegExp(`^#[ \\t]+(HELP|TYPE)[ \\t]+(${names})(?:[ \\t]+(.*))?$`).exec(line) ?? [];
    if (keyword === 'HELP') {
      if (helps.has(name)) fail(line, 'a second HELP');
      if (rest.replaceAll(/\\[\\n]/g, '').includes('\\')) fail(line, 'an unknown escape sequence');
      helps.set(name, unescaped(rest));
    } else if (keyword === 'TYPE') {
      if (families.has(name)) fail(line, 'a second TYPE, or lines of one metric that are not together');
      if (!types.has(rest)) fail(line, 'an unknown type');
      current = { name, type: rest, help: helps.get(name) ?? '', samples: [] };
      families.set(name, current);
    } else if (line.startsWith('#')) fail(line, 'a comment, which the service never writes');
    else (current ?? fail(line, 'a sample without a type')).samples.push(parseSample(line));
  }
  for (const family of families.values()) check(family);
  return families;
}
