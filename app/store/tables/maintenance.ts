import { type Database, queryOne } from '../postgres/database.ts';

/** Times to remember: when recurring jobs last ran, and when something was first seen. */
export function createMaintenanceStore(database: Database) {
  return {
    /** Seconds since the job last ran to its end; since the first migration when it never has. */
    secondsSince: async (name: string): Promise<number> =>
      (await queryOne<{ seconds: number }>(database, 'maintenance/seconds_since', [name])).seconds,

    record: async (name: string): Promise<Date> =>
      (await queryOne<{ ranAt: Date }>(database, 'maintenance/record', [name])).ranAt,

    /** Gives each name that has no time yet the present one; the others keep theirs. */
    async insertMissing(names: readonly string[]): Promise<void> {
      await database.query('maintenance/insert_missing', [JSON.stringify(names)]);
    },

    findByNames: (names: readonly string[]): Promise<{ name: string; ranAt: Date }[]> =>
      database.query('maintenance/find_by_names', [JSON.stringify(names)]),
  };
}
