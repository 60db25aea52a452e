import { type Database, one } from './database.ts';

/** When recurring jobs last ran. */
export function createMaintenanceStore(database: Database) {
  return {
    /** Seconds since the job last ran to its end; since the first migration when it never has. */
    secondsSince: async (name: string): Promise<number> =>
      (await one<{ seconds: number }>(database, 'maintenance/seconds_since', [name])).seconds,

    record: async (name: string): Promise<Date> =>
      (await one<{ ranAt: Date }>(database, 'maintenance/record', [name])).ranAt,
  };
}
