import { InvalidArgumentError } from 'commander';

/** For options that may be given several times. */
export const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

/** @throws InvalidArgumentError for a number that is not whole or too small */
export function parseCount(value: string): number {
  if (/^[1-9]\d{0,4}$/.test(value)) return Number(value);
  throw new InvalidArgumentError('It must be a whole number from 1 to 99999.');
}

/** @throws InvalidArgumentError for a text that is no id of a signing key */
export function collectKeyIds(kid: string, earlier: readonly string[]): readonly string[] {
  if (/^[A-Za-z0-9_-]{16}([A-Za-z0-9_-]{27})?$/.test(kid)) return [...earlier, kid];
  throw new InvalidArgumentError('It is not the id of a signing key (kid).');
}
