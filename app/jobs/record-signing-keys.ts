import type { Logger } from '../observe/log.ts';
import type { Store } from '../store/store.ts';

/** The signing keys of this process, as far as the recorder needs them. */
interface RecordedKeys {
  ages(): readonly { readonly kid: string }[];
  /** Sets the time at which a key was first seen, in milliseconds since the epoch. */
  setFirstSeen(kid: string, since: number): void;
}

/** Milliseconds between two looks. */
export const recordInterval = 60_000;

const prefix = 'signing-key:';

/**
 * When any replica first saw each key, kept in Postgres: to a process a configured key is as old as its own start, and
 * by that measure none ever grows old enough to be due for rotation. The first sight of a key is never overwritten and
 * never purged: whoever removed the row of a key still in use would make it young again, and rows are few and small.
 *
 * It is looked at every minute although keys seldom change. That catches up when Postgres was away at the start, and
 * it is the one write that an idle process makes, without which a Postgres that refuses writes would go unnoticed
 * until morning (`auth_degraded`).
 */
export function createSigningKeyRecorder(options: {
  store: Pick<Store, 'maintenance'>;
  keys: RecordedKeys;
  log: Logger;
}) {
  const { store, keys, log } = options;

  /** Never throws: until Postgres tells, the age of a key is what this process knows. */
  return async function recordSigningKeys(): Promise<void> {
    try {
      const names = keys.ages().map(({ kid }) => prefix + kid);
      await store.maintenance.insertMissing(names);
      for (const { name, ranAt } of await store.maintenance.findByNames(names)) {
        keys.setFirstSeen(name.slice(prefix.length), ranAt.getTime());
      }
    } catch (error) {
      log.warn({ err: error }, 'when the signing keys were first seen is not known for now');
    }
  };
}
