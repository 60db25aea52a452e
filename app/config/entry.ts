import type { Machine } from './cgroup.ts';
import type { Format } from './format.ts';

/** A default that depends on the process. */
interface ComputedDefault {
  /** For the documentation. */
  readonly text: string;
  of(context: { readonly machine: Machine; readonly environment: string }): string;
}

export interface Rules<Value> {
  /** Why production needs the variable. The service does not start in production without it. */
  readonly required?: string;
  /** Which values production accepts, and the fault of any other. */
  readonly production?: {
    accept(value: Value): boolean;
    readonly fault: string;
    /** `NAME=text` of the variable that lifts the rule. */
    readonly unless?: `${string}=${string}`;
  };
  /** A value for .env.example, where the variable is commented out because it has no fixed default. */
  readonly example?: string;
}

interface SecretRules extends Rules<string> {
  /** The deployment guide's name of the `_FILE` form. The service accepts both. */
  readonly path?: { readonly name: string; readonly example: string };
  /** The name under which platforms give the same secret. */
  readonly alias?: string;
  /**
   * Takes a changed file into use without a check, because the code that uses the secret checks it again and logs a
   * bad one. Without this rule the last valid text stays in use.
   */
  readonly reload?: 'unchecked';
}

/** One environment variable. */
export interface Entry<Name extends string = string, Value = unknown> extends Rules<Value> {
  readonly name: Name;
  readonly format: Format<Value>;
  /** As an operator would write it. The value of a variable without default is undefined. */
  readonly fallback?: string | ComputedDefault;
  readonly help: string;
}

/** A secret has a `NAME_FILE` form, whose file is read again at each use. Without a text its value is null. */
export interface SecretEntry<Name extends string = string> extends SecretRules {
  readonly name: Name;
  readonly format: Format<string>;
  readonly help: string;
  readonly isSecret: true;
}

export function variable<
  const N extends string,
  V,
  F extends string | ComputedDefault | undefined = undefined,
>(name: N, format: Format<V>, fallback?: F) {
  /** A variable without default may be undefined. */
  type Value = F extends undefined ? V | undefined : V;
  return {
    /** Completes the entry. */
    help: <const R extends Rules<Value> = Rules<Value>>(help: string, rules?: R) =>
      // reason: spreading loses the literal types, from which the types of the charts derive.
      ({ name, format, fallback, help, ...rules }) as Entry<N, Value> & R,
  };
}

export function secret<const N extends string>(name: N, format: Format<string>) {
  return {
    help: <const R extends SecretRules = SecretRules>(help: string, rules?: R) =>
      // reason: as above.
      ({ name, format, help, isSecret: true, ...rules }) as SecretEntry<N> & R,
  };
}
