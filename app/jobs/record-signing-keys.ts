import type { Logger } from '../observe/log.ts';
import type { Reads, SystemStore } from '../store/store.ts';

/** The signing keys of this process, as far as the recorder needs them. */
export interface RecordedKeys {
  ages(): readonly { readonly kid: string }[];
  /** Sets the time at which a key was first seen, in milliseconds since the epoch. */
  setFirstSeen(kid: string, since: number): void;
}

/** Milliseconds between two runs. */
export const recordInterval = 60_000;

const prefix = 'signing-key:';

/** Every key that any replica has ever loaded, with the time at which the first one did. */
export async function findRecordedKeys({
  maintenance,
}: Pick<Reads, 'maintenance'>): Promise<Map<string, Date>> {
  const rows = await maintenance.findByPrefix(prefix);
  return new Map(rows.map(({ name, ranAt }) => [name.slice(prefix.length), ranAt]));
}

/**
 * Records in Postgres when any replica first saw each key: a process would date a configured key to its own start, so
 * no key would ever become old enough for a rotation. The first time is never overwritten and never purged.
 *
 * The job runs every minute because Postgres may be unavailable at the start, and because it is the only write of an
 * idle process: without it, nobody would notice at night that Postgres rejects writes (`auth_degraded`).
 */
export function createSigningKeyRecorder(options: {
  store: Pick<SystemStore, 'maintenance'>;
  keys: RecordedKeys;
  log: Logger;
}) {
  const { store, keys, log } = options;

  /** Never throws: until Postgres answers, this process dates a key by itself. */
  return async function recordSigningKeys(): Promise<void> {
    try {
      const names = keys.ages().map(({ kid }) => prefix + kid);
      await store.maintenance.insertMissing(names);
      for (const { name, ranAt } of await store.maintenance.findByNames(names)) {
        keys.setFirstSeen(name.slice(prefix.length), ranAt.getTime());
      }
    } catch (error) {
      const message = 'the age of the signing keys could not be read from Postgres';
      log.warn({ event: 'signing_key_ages_unread', err: error }, message);
    }
  };
}
