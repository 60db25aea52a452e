import { randomBytes } from 'node:crypto';
import type { Logger } from '../observe/log.ts';
import type { SystemStore } from '../store/store.ts';

/** Milliseconds between two runs, as for revoked keys. */
export const stateSecretInterval = 2_000;

type Secrets = Pick<SystemStore, 'serviceSecrets'>;

/** The secret that signs session states in Redis. The first replica that asks makes it. */
export const readStateSecret = ({ serviceSecrets }: Secrets): Promise<Buffer> =>
  serviceSecrets.get('session-states', randomBytes(32));

/**
 * Takes over the secret of a restored database, which has another one. Until then a replica that was running during the
 * restore would accept copies of session states from before it, while Postgres is unavailable again.
 */
export function createStateSecretReader(options: {
  store: Secrets;
  /** Called with the secret after each run. */
  onRead: (secret: Buffer) => void;
  log: Logger;
}) {
  const { store, onRead, log } = options;

  /** Never throws: while Postgres is unavailable, the last known secret stays in use. */
  return async function readSecret(): Promise<void> {
    try {
      onRead(await readStateSecret(store));
    } catch (error) {
      log.debug({ err: error }, 'the secret of session states could not be read from Postgres');
    }
  };
}
