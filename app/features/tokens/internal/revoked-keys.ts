import { readFile } from 'node:fs/promises';
import { type Config, ConfigError, formatFaults } from '../../../config/config.ts';
import { keyIds } from '../../../config/format.ts';
import { type Source, watchSource } from './watched-source.ts';

const variable = 'JWT_REVOKED_KEYS_FILE';

/** An empty file is refused: a file that is being written is empty for a moment, and no key may become valid meanwhile. */
function fileSource(path: string): Source<string, ReadonlySet<string>> {
  return {
    async read() {
      try {
        return (await readFile(path, 'utf8')).trim();
      } catch {
        throw new ConfigError([`${variable} names a file that cannot be read`]);
      }
    },
    async parse(text) {
      if (text === '') throw new ConfigError([`${variable} names an empty file; write none into it`]);
      const faults = formatFaults(keyIds, text);
      if (faults.length > 0) throw new ConfigError(faults.map((fault) => `${variable} ${fault}`));
      return new Set(keyIds.parse(text));
    },
  };
}

/**
 * The revoked keys from all sources together: the configuration, its file, and what `record` was given last.
 * @param onFault called once for each unusable content of the file; the last usable list stays in use
 * @throws ConfigError when the file is unusable at the start
 */
export async function openRevokedKeys(
  { revokedKeys, revokedKeysFile }: Config['jwt'],
  onFault: (error: unknown) => void,
) {
  const file = revokedKeysFile ? await watchSource(fileSource(revokedKeysFile), onFault) : null;
  let recorded: ReadonlySet<string> = new Set();
  return {
    has: (kid: string): boolean =>
      revokedKeys.includes(kid) || recorded.has(kid) || file?.value().has(kid) === true,
    refresh: async (): Promise<void> => file?.refresh(),
    record(kids: Iterable<string>): void {
      recorded = new Set(kids);
    },
  };
}
