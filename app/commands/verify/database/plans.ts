import type { Connection } from '../../../store/postgres/connection.ts';
import { loadQueries, type QueryName } from '../../../store/postgres/queries.ts';

const anyId = '00000000-0000-4000-8000-000000000000';

/** The queries of section 5.5 of the deployment guide, as the service sends them, with arguments that match nothing. */
export const guideQueries: readonly (readonly [
  name: QueryName,
  params: readonly (string | number | null)[],
])[] = [
  ['users/find_by_email', ['nobody@verify.invalid']],
  ['users/find_by_id', [anyId]],
  ['login_histories/list_for_user', [21, null, null, anyId]],
];

/** The tables that a plan reads as a whole, without an index. */
function scannedTables(node: unknown): string[] {
  // reason: Postgres documents the keys of EXPLAIN (FORMAT JSON).
  const { Plans = [], ...plan } = Object(node) as Record<string, unknown> & { Plans?: unknown[] };
  const scanned = plan['Node Type'] === 'Seq Scan' ? [String(plan['Relation Name'])] : [];
  return [...scanned, ...Plans.flatMap(scannedTables)];
}

/**
 * Plans the query as if every table were large: on a small table the planner prefers to read all of it. The query itself
 * does not run.
 * @returns the tables for which no index can be used
 */
export async function tablesWithoutIndex(
  connection: Connection,
  name: QueryName,
  params: readonly (string | number | null)[],
): Promise<string[]> {
  const text = loadQueries().text(name);
  const rows = await connection.begin('read only', async (tx) => {
    await tx.unsafe('set local enable_seqscan = off');
    return tx.unsafe(`explain (format json) ${text}`, [...params]);
  });
  const [row] = rows;
  const plans = Object.values(Object(row))[0];
  const parsed: unknown = typeof plans === 'string' ? JSON.parse(plans) : plans;
  return Array.isArray(parsed) ? parsed.flatMap(({ Plan }) => scannedTables(Plan)) : [];
}
