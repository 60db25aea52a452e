import { type Database, queryOne, queryOneOrNull } from '../postgres/database.ts';

/** Random values that all replicas share. The first replica that stores a value decides. */
export function createServiceSecretStore(database: Database) {
  return {
    /** @returns the stored value; it is `fresh` only if there was none */
    async get(name: string, fresh: Buffer): Promise<Buffer> {
      // A service that starts on a read-only primary only reads.
      const stored = await queryOneOrNull<{ value: Buffer }>(database, 'service_secrets/get', [name]);
      if (stored) return stored.value;
      await database.query('service_secrets/insert', [name, fresh]);
      return (await queryOne<{ value: Buffer }>(database, 'service_secrets/get', [name])).value;
    },
  };
}
