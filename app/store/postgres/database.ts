import { AppError } from '../../errors.ts';
import type { QueryName } from './queries.ts';

/** Postgres as the table stores use it. */
export interface Database {
  /**
   * Runs one query file. The caller declares the type of its rows; snake_case columns become camelCase fields.
   * @throws AppError service_unavailable after the deadline or when Postgres does not answer
   * @throws PostgresError when Postgres rejects the statement
   */
  query<Row extends object>(name: QueryName, params?: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs `work` in one transaction under one deadline. Repeats it, up to three attempts in all, when Postgres aborts it
   * because of a conflict with another transaction (40001, 40P01). Inside a transaction, `work` joins that transaction.
   */
  transaction<T>(work: (tx: Database) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The row of a query that always returns one. */
export async function queryOne<Row extends object>(
  database: Database,
  name: QueryName,
  params: readonly unknown[] = [],
): Promise<Row> {
  const [row] = await database.query<Row>(name, params);
  if (!row) throw new AppError('internal_error', { cause: new Error(`${name} returned no row`) });
  return row;
}

export async function queryOneOrNull<Row extends object>(
  database: Database,
  name: QueryName,
  params: readonly unknown[] = [],
): Promise<Row | null> {
  const [row] = await database.query<Row>(name, params);
  return row ?? null;
}

/** One page of a list. `next` is the position of its last item, or null on the last page. */
export interface Page<T, Position> {
  readonly items: readonly T[];
  readonly next: Position | null;
}

/** The first parameter of the query is `limit` + 1: the extra row shows whether there is a next page. */
export async function queryPage<T extends object, Position>(
  database: Database,
  name: QueryName,
  { limit, params, position }: { limit: number; params: readonly unknown[]; position: (row: T) => Position },
): Promise<Page<T, Position>> {
  const rows = await database.query<T>(name, [limit + 1, ...params]);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? position(last) : null };
}
