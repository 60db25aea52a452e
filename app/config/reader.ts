import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
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

/** `250ms`, `3s`, `15m`, `12h`, `30d` → milliseconds. */
function milliseconds(value: string): number | undefined {
  const [, count, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(value) ?? [];
  return count && unit ? Number(count) * (millisecondsPer[unit] ?? 0) : undefined;
}

/** What is wrong with a value, or null. Never quotes it. */
export type Check = (value: string) => string | null;

/**
 * The last good text stays in use while the file is away, empty or unusable, as it is for a moment when a mounted
 * Secret is swapped or someone writes to it.
 */
function fileSecret(path: string, initial: string, check: Check): Secret {
  let last = initial;
  return () => {
    try {
      const text = readFileSync(path, 'utf8').trim();
      if (text && check(text) === null) last = text;
    } catch {
      // Deliberate: see above.
    }
    return last;
  };
}

function isReadable(path: string, open: (path: string) => void): boolean {
  try {
    open(path);
    return true;
  } catch {
    return false;
  }
}

/** A host name or bracketed IPv6 address without port, or `*`. */
const hostPattern = /^(\*|\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)$/;

function isCidr(item: string): boolean {
  const [address = '', prefix, ...rest] = item.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  return bits > 0 && isPrefix && rest.length === 0;
}

/** As browsers send it: scheme, host and port, no path. */
function isOrigin(item: unknown): item is string {
  return item === '*' || (typeof item === 'string' && URL.canParse(item) && new URL(item).origin === item);
}

export type Reader<Name extends string> = ReturnType<typeof createReader<Name>>;

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

    /** In milliseconds. The bounds are durations too. */
    duration(name: Name, fallback: string, min: string, max: string): number {
      const parsed = (value: string): number => milliseconds(value) ?? Number.NaN;
      const what = `must be a duration such as 500ms, 3s, 15m, 12h or 30d, from ${min} to ${max}`;
      return parse(name, parsed(fallback), what, (value) =>
        parsed(value) >= parsed(min) && parsed(value) <= parsed(max) ? parsed(value) : undefined,
      );
    },

    list(name: Name): readonly string[] {
      return (text(name) ?? '')
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean);
    },

    /** Comma list, lower-cased. A port or scheme is refused: it would be compared with a Host header and never match. */
    hosts(name: Name): readonly string[] {
      const hosts = this.list(name).map((host) => host.toLowerCase());
      const isHost = (host: string): boolean => hostPattern.test(host);
      if (!hosts.every(isHost))
        fault(name, 'must be a comma list of host names without scheme or port, or * for any');
      return hosts;
    },

    /** Comma list of addresses and CIDR blocks. */
    cidrs(name: Name): readonly string[] {
      const items = this.list(name);
      if (!items.every(isCidr)) fault(name, 'must be a comma list of IP addresses and CIDR blocks');
      return items;
    },

    /** JSON array of origins. */
    origins(name: Name): readonly string[] {
      const what = 'must be a JSON array of origins such as ["https://app.example.com"]';
      return parse<readonly string[]>(name, [], what, (value) => {
        try {
          const parsed: unknown = JSON.parse(value);
          return Array.isArray(parsed) && parsed.every(isOrigin) ? parsed : undefined;
        } catch {
          return undefined;
        }
      });
    },

    url(name: Name, protocols: readonly string[]): string | undefined {
      const what = `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
      return parse<string | undefined>(name, undefined, what, (value) =>
        URL.canParse(value) && protocols.includes(new URL(value).protocol) ? value : undefined,
      );
    },

    file(name: Name): string | undefined {
      const path = text(name);
      const open = (path: string): void => accessSync(path, constants.R_OK);
      if (path && !isReadable(path, open)) fault(name, 'names a file that cannot be read');
      return path;
    },

    folder(name: Name): string | undefined {
      const path = text(name);
      if (path && !isReadable(path, readdirSync)) fault(name, 'names a folder that cannot be read');
      return path;
    },

    /**
     * The variable itself, or a file named by `NAME_FILE` (or by `pathName`, the guide's own name for it).
     * @param check also of what a file says later: a text that fails it is not taken into use
     */
    secret(name: Name, pathName?: Name, check: Check = () => null): Secret | null {
      const inline = text(name);
      const checked = (value: string): void => {
        const what = value ? check(value) : null;
        if (what !== null) fault(name, what);
      };
      const fileNames = [`${name}_FILE`, ...(pathName ? [pathName] : [])].filter((key) => env[key]?.trim());
      const [fileName] = fileNames;
      if (fileNames.length + (inline ? 1 : 0) > 1) {
        fault(name, `is given more than once: set one of ${name} and ${fileNames.join(', ')}`);
      }
      if (inline) {
        checked(inline);
        return () => inline;
      }
      const path = fileName && env[fileName]?.trim();
      if (!path || !fileName) return null;
      try {
        const initial = readFileSync(path, 'utf8').trim();
        if (!initial) fault(fileName, 'names an empty file');
        checked(initial);
        return fileSecret(path, initial, check);
      } catch {
        fault(fileName, 'names a file that cannot be read');
        return () => '';
      }
    },
  };
}
