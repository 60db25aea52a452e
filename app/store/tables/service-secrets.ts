import { type Database, queryOne } from '../postgres/database.ts';

/** Random values that all replicas share. The first replica that stores a value decides. */
export function createServiceSecretStore(database: Database) {
  return {
    /** @returns the stored value; it is `fresh` only if there was none */
    async get(name: string, fresh: Buffer): Promise<Buffer> {
      await database.query('service_secrets/insert', [name, fresh]);
      return (await queryOne<{ value: Buffer }>(database, 'service_secrets/get', [name])).value;
    },
  };
}
