import { isIP } from 'node:net';
import { z } from 'zod';
import { isOrigin } from '../../app/config/config.ts';
import { isTree } from './merge.ts';

/** A text that matches the pattern. */
export const text = (pattern: RegExp, message: string) => z.string().regex(pattern, message);

/** A duration as the service reads it, but without milliseconds: `35s` or `2m`. */
export const duration = text(/^\d{1,9}(s|m|h|d)$/, 'must be a duration such as 35s, 15m, 12h or 30d');

const secondsPer: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Seconds of a text that `duration` accepted. */
export function seconds(text: string): number {
  return Number(text.slice(0, -1)) * (secondsPer[text.slice(-1)] ?? Number.NaN);
}

/** YAML reads `cpu: 2` as a number, as does --set. Every such number has one text. */
export const cpu = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  text(/^(\d+m|\d+(\.\d{1,3})?)$/, 'must be a CPU quantity such as 250m, 1 or 1.5'),
);
export const memory = text(/^\d+(Ki|Mi|Gi)$/, 'must be a memory quantity in Ki, Mi or Gi, such as 512Mi');

const units: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Bytes of a text that `memory` accepted. */
export function bytes(text: string): number {
  return Number(text.slice(0, -2)) * (units[text.slice(-2)] ?? Number.NaN);
}

/** Thousandths of a CPU of a text that `cpu` accepted. */
export function millicpu(text: string): number {
  return text.endsWith('m') ? Number(text.slice(0, -1)) : Number(text) * 1_000;
}

export const cidr = z.string().refine((text) => {
  const [address = '', prefix = ''] = text.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return bits > 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
}, 'must be a CIDR block such as 10.0.0.0/16');

export const dnsLabel = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be a DNS label: lower case letters, digits and -');

export const hostName = z
  .string()
  .max(253)
  .regex(
    /^(?=.*\.)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    'must be a host name such as api.example.com, in lower case, without port',
  );

/** As the service reads CORS_ALLOWED_ORIGINS. */
export const origin = z
  .string()
  .refine(
    isOrigin,
    'must be an origin such as https://app.example.com, https://*.preview.example.com or capacitor://localhost',
  );

/** A number of pods, or a percentage of them. */
export const countOrPercent = z.union([
  z.int().min(0),
  text(/^(100|\d{1,2})%$/, 'must be a whole number or a percentage such as 25%'),
]);

/** The number of pods of a `countOrPercent`. Percentages are rounded up, as Kubernetes does for maxSurge. */
export function podCount(value: number | string, of: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * of) / 100);
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedName = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

const isSubdomain = (text: string): boolean => text.length <= 253 && subdomain.test(text);

/** The name of an object of Kubernetes: most kinds demand a DNS subdomain. */
export const objectName = z
  .string()
  .refine(
    isSubdomain,
    'must be a name of Kubernetes: at most 253 lower case letters, digits, - and ., with a letter or digit at both ends',
  );

/** The name of an object, as a text or in the form of Kubernetes: {name: registry}. */
export const objectReference = z.preprocess(
  (value) => (isTree(value) && Object.keys(value).join() === 'name' ? value.name : value),
  objectName,
);

/** What Kubernetes would refuse of the key of a label. */
function keyFault(key: string): string | undefined {
  const parts = key.split('/');
  const name = parts.pop() ?? '';
  const [prefix] = parts;
  if (parts.length > 1) return 'must be a key with one slash at most, such as example.com/team';
  if (prefix !== undefined && !isSubdomain(prefix))
    return 'must have a DNS name in lower case before the slash, such as example.com/team';
  if (name.length > 63)
    return 'must be a key of at most 63 characters, not counting a prefix such as example.com/';
  if (!qualifiedName.test(name))
    return 'must be a key of letters, digits, -, _ and ., with a letter or digit at both ends';
  return undefined;
}

const metadataKey = (toChecked: (key: string) => string) =>
  z.string().superRefine((key, context) => {
    const message = keyFault(toChecked(key));
    if (message) context.addIssue({ code: 'custom', message });
  });

/**
 * A text that YAML may have read as a boolean. A number is refused: 0123 and 1.10 have lost their digits when they arrive.
 */
const yamlText = (schema: z.ZodString) =>
  z.preprocess((value) => (typeof value === 'boolean' ? String(value) : value), schema);

const needsQuotes = 'must be text: put a number in quotes, or use --set-string';

const labelValue = yamlText(
  z
    .string(needsQuotes)
    .max(63, 'must have at most 63 characters')
    .regex(
      /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/,
      'must be the value of a label: letters, digits, -, _ and ., with a letter or digit at both ends',
    ),
);

export const labels = z.record(metadataKey(String), labelValue);

/** Bytes that Kubernetes accepts of all annotations of an object together. */
const maxAnnotationBytes = 256 * 1024;

// Kubernetes checks the keys of annotations in lower case.
export const annotations = z
  .record(
    metadataKey((key) => key.toLowerCase()),
    yamlText(z.string(needsQuotes)),
  )
  .refine(
    (all) =>
      Object.entries(all).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0) <=
      maxAnnotationBytes,
    'must have at most 256 KiB: Kubernetes accepts no more annotations of an object',
  );
