import { type Finding, skipped } from '../../checks/check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import type { PostgresProbe, ReadOnlyPostgres } from '../probes/postgres.ts';
import type { DoctorCheck } from './fault-check.ts';
import { databaseIds } from './postgres-connection.ts';

type Ask = (sql: ReadOnlyPostgres, context: DoctorContext, probe: PostgresProbe) => Promise<Finding>;

/** A check that asks Postgres. It is skipped if no Postgres is configured. */
export function queryCheck(check: Omit<DoctorCheck, 'run'> & { readonly ask: Ask }): DoctorCheck {
  const { ask, needs = [], ...rest } = check;
  return {
    ...rest,
    needs: [...databaseIds, ...needs],
    async run(context) {
      const probe = await context.postgres();
      return probe?.sql ? ask(probe.sql, context, probe) : skipped('No usable URL of Postgres is configured');
    },
  };
}

/** The only row of a query that always returns one. */
export async function oneRow<Row extends object>(sql: ReadOnlyPostgres, text: string): Promise<Row> {
  const [row] = await sql.unsafe<Row[]>(text);
  if (!row) throw new Error('a query of the doctor returned no row');
  return row;
}
