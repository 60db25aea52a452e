import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/** A secret that may live in a file. Calling it reads the file again, so a rotated Secret is taken into use. */
export type Secret = () => string;

export type Environment = Readonly<Record<string, string | undefined>>;

const millisecondsPer: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** The last good text stays in use when the file is away for a moment, as it is while a mounted Secret is swapped. */
function fileSecret(path: string, initial: string): Secret {
  let last = initial;
  return () => {
    try {
      last = readFileSync(path, 'utf8').trim();
    } catch {
      // Deliberate: see above.
    }
    return last;
  };
}

/**
 * Reads variables one by one and collects what is wrong with them, so that one start reports every fault.
 * A fault names the variable, never its value: the value may be a secret.
 */
export function createReader<Name extends string>(env: Environment) {
  const faults: string[] = [];
  const fault = (name: string, what: string): void => {
    faults.push(`${name} ${what}`);
  };
  const text = (name: Name): string | undefined => env[name]?.trim() || undefined;

  function parse<T>(name: Name, fallback: T, what: string, convert: (value: string) => T | undefined): T {
    const value = text(name);
    if (value === undefined) return fallback;
    const converted = convert(value);
    if (converted === undefined) fault(name, what);
    return converted ?? fallback;
  }

  return {
    faults,
    fault,
    text,

    oneOf<T extends string>(name: Name, choices: readonly T[], fallback: T): T {
      return parse(name, fallback, `must be one of ${choices.join(', ')}`, (value) =>
        choices.find((choice) => choice === value),
      );
    },

    onOff(name: Name, fallback: boolean): boolean {
      return parse(name, fallback, 'must be on or off', (value) =>
        value === 'on' ? true : value === 'off' ? false : undefined,
      );
    },

    integer(name: Name, fallback: number, min: number, max: number): number {
      return parse(name, fallback, `must be a whole number from ${min} to ${max}`, (value) => {
        const number = Number(value);
        return /^\d+$/.test(value) && number >= min && number <= max ? number : undefined;
      });
    },

    /** `250ms`, `3s`, `15m`, `12h`, `30d` → milliseconds. */
    duration(name: Name, fallback: string): number {
      const convert = (value: string): number | undefined => {
        const [, count, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(value) ?? [];
        return count && unit ? Number(count) * (millisecondsPer[unit] ?? 0) : undefined;
      };
      return parse(
        name,
        convert(fallback) ?? 0,
        'must be a duration such as 500ms, 3s, 15m, 12h or 30d',
        convert,
      );
    },

    list(name: Name): readonly string[] {
      return (text(name) ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean);
    },

    /** Comma list of addresses and CIDR blocks. */
    cidrs(name: Name): readonly string[] {
      const items = this.list(name);
      const valid = (item: string): boolean => {
        const [address = '', prefix] = item.split('/');
        const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
        return bits > 0 && (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits));
      };
      if (!items.every(valid)) fault(name, 'must be a comma list of IP addresses and CIDR blocks');
      return items;
    },

    /** JSON array of origins, as browsers send them: scheme, host and port, no path. */
    origins(name: Name): readonly string[] {
      return parse<readonly string[]>(
        name,
        [],
        'must be a JSON array of origins such as ["https://app.example.com"]',
        (value) => {
          try {
            const parsed: unknown = JSON.parse(value);
            const isOrigin = (item: unknown): item is string =>
              item === '*' || (typeof item === 'string' && new URL(item).origin === item);
            return Array.isArray(parsed) && parsed.every(isOrigin) ? parsed : undefined;
          } catch {
            return undefined;
          }
        },
      );
    },

    /** The variable itself, or a file named by `NAME_FILE` (or by `pathName`, the guide's own name for it). */
    secret(name: Name, pathName?: Name): Secret | null {
      const inline = text(name);
      const fileNames = [`${name}_FILE`, ...(pathName ? [pathName] : [])].filter((key) => env[key]?.trim());
      const [fileName] = fileNames;
      if (fileNames.length + (inline ? 1 : 0) > 1) {
        fault(name, `is given more than once: set one of ${name} and ${fileNames.join(', ')}`);
      }
      if (inline) return () => inline;
      const path = fileName && env[fileName]?.trim();
      if (!path || !fileName) return null;
      try {
        const initial = readFileSync(path, 'utf8').trim();
        if (!initial) fault(fileName, 'names an empty file');
        return fileSecret(path, initial);
      } catch {
        fault(fileName, 'names a file that cannot be read');
        return () => '';
      }
    },
  };
}
