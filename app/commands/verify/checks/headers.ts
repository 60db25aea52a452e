import { failed, passed } from '../../checks/check.ts';
import type { VerifyCheck } from '../context.ts';
import { valuesOf } from '../http/client.ts';

interface HeaderRule {
  readonly id: string;
  readonly name: string;
  /** What its value must be like. */
  readonly isRight: (value: string) => boolean;
  readonly expected: string;
  readonly why: string;
}

/** Half a year, below which HSTS protects nobody who comes back rarely. */
const minMaxAge = 15_768_000;

const rules: readonly HeaderRule[] = [
  {
    id: 'header-hsts',
    name: 'strict-transport-security',
    isRight: (value) => Number(/max-age="?(\d+)/i.exec(value)?.[1] ?? 0) >= minMaxAge,
    expected: 'max-age of half a year or longer',
    why: 'It tells browsers to use HTTPS only (RFC 6797).',
  },
  {
    id: 'header-content-type-options',
    name: 'x-content-type-options',
    isRight: (value) => value.toLowerCase() === 'nosniff',
    expected: 'nosniff',
    why: 'It keeps browsers from guessing another type than the one that is sent.',
  },
  {
    id: 'header-frame-options',
    name: 'x-frame-options',
    isRight: (value) => /^(deny|sameorigin)$/i.test(value),
    expected: 'DENY',
    why: 'It keeps other sites from showing the service in a frame.',
  },
  {
    id: 'header-content-security-policy',
    name: 'content-security-policy',
    isRight: (value) => /default-src 'none'/.test(value) && /frame-ancestors 'none'/.test(value),
    expected: "default-src 'none' and frame-ancestors 'none'",
    why: 'An API needs no script, image or frame.',
  },
  {
    id: 'header-referrer-policy',
    name: 'referrer-policy',
    isRight: (value) => /^no-referrer$/i.test(value),
    expected: 'no-referrer',
    why: 'It keeps URLs of the service from other sites.',
  },
];

const checkOf = ({ expected, id, isRight, name, why }: HeaderRule): VerifyCheck => ({
  id,
  category: 'Security headers',
  title: `The header ${name} is sent once, with the right value`,
  documentation: `Section 5.2 of the deployment guide. ${why} The service sends ${expected} with every answer. If the header is missing, a proxy removes it. If it is sent twice, a proxy adds it again, and browsers may ignore both: remove the line from the proxy.`,
  needs: ['health'],
  async run(context) {
    const values = valuesOf(await context.health(), name);
    const [value] = values;
    if (value === undefined)
      return failed(`${name} is missing`, 'Let the proxy pass the header of the service on unchanged');
    if (values.length > 1)
      return failed(
        `${name} is sent ${values.length} times`,
        'Remove the header from the proxy: the service sends it already',
      );
    if (isRight(value)) return passed(value);
    return failed(
      `${name} is not ${expected}`,
      'Remove the header from the proxy: the service sends the right one',
    );
  },
});

export const headerChecks: readonly VerifyCheck[] = rules.map(checkOf);
