import type { Logger } from '../observe/log.ts';
import type { Store } from '../store/store.ts';

/** The signing keys of this process, as far as the reader needs them. */
export interface RevocableKeys {
  setRevoked(kids: Iterable<string>): void;
}

/**
 * Milliseconds between two runs. With the deadline of the query, a key that is revoked is refused within ten seconds
 * (docs/decisions/0026-revoked-signing-keys.md).
 */
export const revokedKeysInterval = 2_000;

/** Takes over which keys are revoked. @throws when Postgres does not answer */
export async function readRevokedKeys(
  { revokedSigningKeys }: Pick<Store, 'revokedSigningKeys'>,
  keys: RevocableKeys,
) {
  keys.setRevoked((await revokedSigningKeys.list()).map(({ kid }) => kid));
}

/**
 * Asks Postgres which keys are revoked. Redis has no part in it: a message would be a second faster, and one that was
 * lost would change nothing.
 */
export function createRevokedKeyReader(options: {
  store: Pick<Store, 'revokedSigningKeys'>;
  keys: RevocableKeys;
  log: Logger;
}) {
  const { store, keys, log } = options;
  let isRunning = false;
  let isFailing = false;

  /** Never throws: while Postgres is unavailable, the last known keys stay revoked. */
  return async function run(): Promise<void> {
    // An older answer must not overwrite a newer one.
    if (isRunning) return;
    isRunning = true;
    try {
      await readRevokedKeys(store, keys);
      isFailing = false;
    } catch (error) {
      const message =
        'the revoked signing keys could not be read from Postgres; the last known ones stay revoked';
      if (!isFailing) log.warn({ err: error, event: 'revoked_keys_unread' }, message);
      isFailing = true;
    } finally {
      isRunning = false;
    }
  };
}
