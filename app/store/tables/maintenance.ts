import { type Database, queryOne } from '../postgres/database.ts';

/** Times: when recurring jobs last ran, and when something was first seen. */
export function createMaintenanceStore(database: Database) {
  return {
    /** Seconds since the job last finished, or since the first migration if it never has. */
    secondsSince: async (name: string): Promise<number> =>
      (await queryOne<{ seconds: number }>(database, 'maintenance/seconds_since', [name])).seconds,

    record: async (name: string): Promise<Date> =>
      (await queryOne<{ ranAt: Date }>(database, 'maintenance/record', [name])).ranAt,

    /** Sets the time of each name that has none to now. The others keep their time. */
    async insertMissing(names: readonly string[]): Promise<void> {
      await database.query('maintenance/insert_missing', [JSON.stringify(names)]);
    },

    findByPrefix: (prefix: string): Promise<{ name: string; ranAt: Date }[]> =>
      database.query('maintenance/find_by_prefix', [prefix]),

    findByNames: (names: readonly string[]): Promise<{ name: string; ranAt: Date }[]> =>
      database.query('maintenance/find_by_names', [JSON.stringify(names)]),
  };
}
