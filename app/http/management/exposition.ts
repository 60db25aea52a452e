import { gzipSync } from 'node:zlib';
import { preferredType, prefersGzip } from './negotiation.ts';

/** Bytes below which compression is not worth its header field. */
const minCompressed = 1_024;

/** The two text formats differ only in names that need quotes, which no metric has. The first format is the default. */
const formats = [
  { name: 'text/plain', parameters: { version: '0.0.4', charset: 'utf-8' } },
  { name: 'text/plain', parameters: { version: '1.0.0', charset: 'utf-8' } },
  { name: 'application/openmetrics-text', parameters: { version: '1.0.0', charset: 'utf-8' } },
] as const;

/** Says how to write names with other characters than letters, digits and underscores. There are none. */
const ignored = new Set(['escaping']);

/** What a scrape asks for; see RFC 9110 sections 12.5.1 and 12.5.3. */
export interface ScrapeFields {
  readonly accept: string;
  readonly acceptEncoding: string;
}

/**
 * Turns OpenMetrics into the text format 0.0.4 of Prometheus: no exemplars, no `# EOF`, and `_total` in the name of a
 * counter. prom-client cannot write both formats from one registry.
 *
 * Three gauges of prom-client end in `_total`, which is for counters. Their names must stay, because dashboards of others may
 * use them. `promtool check metrics` accepts the name if the type is not declared.
 */
export function toPrometheusText(openMetrics: string): string {
  const text = openMetrics
    .replace(/# EOF\n$/, '')
    .replaceAll(/^# UNIT .*\n/gm, '')
    .replaceAll(/^# HELP (\S+) (.*)\n# TYPE \1 counter$/gm, '# HELP $1_total $2\n# TYPE $1_total counter')
    .replaceAll(/^# TYPE (\S+) unknown$/gm, '# TYPE $1 untyped')
    .replaceAll(/^# TYPE (\S+_total) gauge$/gm, '# TYPE $1 untyped');
  if (!text.includes(' # {')) return text;
  // The value of a label may contain anything between its quotes.
  return text.replaceAll(/^((?:[^"#\n]|"(?:[^"\\\n]|\\.)*")+) # \{.*$/gm, '$1');
}

const mediaType = ({ name, parameters }: (typeof formats)[number]): string =>
  `${name}; version=${parameters.version}; charset=${parameters.charset}`;

/**
 * The answer to a scrape. A scraper that accepts none of the formats gets the text format: a scrape that fails would look like
 * an outage of the service.
 * @param openMetrics all metrics as OpenMetrics
 */
export function exposition(openMetrics: string, { accept, acceptEncoding }: ScrapeFields) {
  const format = preferredType(accept, formats, ignored) ?? formats[0];
  const text = format.name === 'text/plain' ? toPrometheusText(openMetrics) : openMetrics;
  const isCompressed = text.length >= minCompressed && prefersGzip(acceptEncoding);
  return {
    type: mediaType(format),
    // On this thread: the thread pool belongs to the password hashes, behind which a scrape would have to wait.
    body: isCompressed ? gzipSync(text) : Buffer.from(text),
    headers: {
      Vary: 'Accept, Accept-Encoding',
      ...(isCompressed && { 'Content-Encoding': 'gzip' }),
    },
  };
}
