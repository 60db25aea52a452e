import { isIP } from 'node:net';
import { z } from 'zod';
import { isOrigin } from './origin.ts';
import { platformNames, proxyNames } from './proxies.ts';

/**
 * The formats of values: zod types from the text of a variable to its value. A description completes "must be …" in
 * faults and in docs/configuration.md, so that no message of zod, and no value, reaches the operator.
 */
export type Format<Value> = z.ZodType<Value, string>;

export const text = z.string().describe('text');
export const file = z.string().describe('the path of a file');
export const listenAddress = z
  .string()
  .regex(/^[\w.:%-]+$/)
  .describe('an IP address without brackets, or a host name');
export const folder = z.string().describe('the path of a folder');

/** Also with the prefix of a domain, as old projects have it. */
export const googleProject = z
  .string()
  .regex(/^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/)
  .describe('the id of a Google Cloud project');

/** Postgres cuts longer names, so that a grant would name another role. */
export const roleName = z
  .string()
  .refine((name) => Buffer.byteLength(name) <= 63, 'must be at most 63 bytes long')
  .describe('the name of a Postgres role');

export const onOff = z
  .enum(['on', 'off'])
  .transform((word) => word === 'on')
  .describe('on or off');

export function oneOf<const Choices extends readonly string[]>(choices: Choices) {
  return z.enum(choices).describe(`one of ${choices.join(', ')}`);
}

export function integer(min: number, max: number): Format<number> {
  const digits = z.string().regex(/^\d+$/).transform(Number);
  return digits.pipe(z.int().min(min).max(max)).describe(`a whole number from ${min} to ${max}`);
}

/** A share of a whole. */
export const ratio: Format<number> = z
  .string()
  .regex(/^(0|1|[01]?\.\d+)$/)
  .transform(Number)
  .pipe(z.number().min(0).max(1))
  .describe('a number from 0 to 1, such as 0.05');

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** As OpenTelemetry reads OTEL_RESOURCE_ATTRIBUTES: after one mistake, it ignores all of them. */
export const attributes = z
  .string()
  .regex(/^([^=,%\s]+=([^=,%]|%[\da-fA-F]{2}){0,255}(,\s*|$))*$/)
  // Of %C3%28, which is no UTF-8, the SDK would discard the whole list without a word.
  .refine((text) => isDecodable(text))
  .describe('a comma list of key=value, with other commas, equals signs and percent signs percent-encoded');

/** A port, or null for the word off. */
export const portOrOff: Format<number | null> = z
  .union([z.literal('off').transform(() => null), integer(0, 65_535)])
  .describe('a whole number from 0 to 65535, or off');

const millisecondsPer: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const durationPattern = /^(\d{1,9})(ms|s|m|h|d)$/;

/** `250ms`, `3s`, `15m`, `12h`, `30d` → milliseconds; NaN for any other text. */
function milliseconds(text: string): number {
  const [, count, unit = ''] = durationPattern.exec(text) ?? [];
  return Number(count) * (millisecondsPer[unit] ?? Number.NaN);
}

/** In milliseconds. The bounds are durations too. */
export function duration(min: string, max: string): Format<number> {
  const bounds = z.number().min(milliseconds(min)).max(milliseconds(max));
  const what = `a duration such as 500ms, 3s, 15m, 12h or 30d, from ${min} to ${max}`;
  return z.string().regex(durationPattern).transform(milliseconds).pipe(bounds).describe(what);
}

const items = z.string().transform((list) =>
  list
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

/** A host name or bracketed IPv6 address without port, or `*`. */
const host = z
  .string()
  .toLowerCase()
  .regex(/^(\*|\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)$/);

/** A port or scheme is refused, because no Host header would match it. */
export const hosts = items
  .pipe(z.array(host))
  .readonly()
  .describe('a comma list of host names without scheme or port, or * for any');

/** In lower case, as Node.js names the fields of a request. */
export const headerName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9!#$%&'*+.^_`|~-]+$/)
  .describe('the name of a header field');

function isCidr(item: string): boolean {
  const [address = '', prefix, ...rest] = item.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  return bits > 0 && isPrefix && rest.length === 0;
}

const proxy = z
  .string()
  .toLowerCase()
  .pipe(z.stringFormat('proxy', (item) => proxyNames.includes(item) || isCidr(item)));

export const proxies = items
  .pipe(
    z
      .array(proxy)
      .refine(
        (list) => new Set(list.filter((item) => platformNames.includes(item))).size <= 1,
        `must contain at most one of ${platformNames.join(', ')}`,
      ),
  )
  .readonly()
  .describe(`a comma list of IP addresses, CIDR blocks and the names ${proxyNames.join(', ')}`);

/** RFC 7638 thumbprints with SHA-256, and the shorter ids of shared secrets. A list without ids is `none`. */
export const keyIds = z
  .string()
  .transform((list) => list.split(/[\s,]+/).filter((item) => item !== '' && item !== 'none'))
  .pipe(z.array(z.string().regex(/^[\w-]{16}([\w-]{27})?$/)))
  .readonly()
  .describe(
    'a list of key ids (kid, each of 43 characters, or of 16 for HS256) with commas or white space between them, or none',
  );

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export const origins = z
  .string()
  .transform(parseJson)
  .pipe(z.array(z.stringFormat('origin', (item) => item === '*' || isOrigin(item))))
  .readonly()
  .describe(
    'a JSON array of origins as browsers send them: scheme, host and port in lower case, without a path, such as ["https://app.example.com","https://*.preview.example.com","capacitor://localhost"]',
  );

export const url = z
  .stringFormat('url', (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol))
  .describe('a URL that begins with http:// or https://');

/** Traffic over a loopback address does not leave the machine or the pod. */
export function isHttpsOrLoopback(value: string | undefined): boolean {
  if (value === undefined) return true;
  const { protocol, hostname } = new URL(value);
  return protocol === 'https:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
