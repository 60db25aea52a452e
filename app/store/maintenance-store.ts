import { type Database, one } from './database.ts';

/** When recurring jobs last ran. */
export function createMaintenanceStore(database: Database) {
  return {
    record: async (name: string): Promise<Date> =>
      (await one<{ ranAt: Date }>(database, 'maintenance/record', [name])).ranAt,
  };
}
