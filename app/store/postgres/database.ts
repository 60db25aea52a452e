import { AppError } from '../../errors.ts';
import type { QueryName } from './queries.ts';

/** What the stores see of Postgres. */
export interface Database {
  /**
   * Runs one query file. `Row` is the caller's word for its columns, their snake_case names turned into camelCase.
   * @throws AppError service_unavailable past the deadline or when Postgres cannot answer
   * @throws PostgresError for every other refusal
   */
  query<Row extends object>(name: QueryName, params?: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs `work` in one transaction, again when Postgres gave it up for another's sake (40001, 40P01; three attempts),
   * under one deadline for all of it. Inside a transaction it simply joins it.
   */
  transaction<T>(work: (tx: Database) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** The one row of a query that always gives one. */
export async function queryOne<Row extends object>(
  database: Database,
  name: QueryName,
  params: readonly unknown[] = [],
): Promise<Row> {
  const [row] = await database.query<Row>(name, params);
  if (!row) throw new AppError('internal_error', { cause: new Error(`${name} gave no row`) });
  return row;
}

/** The first row, or null. */
export async function queryOneOrNull<Row extends object>(
  database: Database,
  name: QueryName,
  params: readonly unknown[] = [],
): Promise<Row | null> {
  const [row] = await database.query<Row>(name, params);
  return row ?? null;
}

/** One page of a list; `next` is the position of its last item when more follow. */
export interface Page<T, Position> {
  readonly items: readonly T[];
  readonly next: Position | null;
}

/** `rows` were asked for with one more than `limit`, which tells whether there is a next page. */
export function toPage<T, Position>(
  rows: readonly T[],
  limit: number,
  position: (row: T) => Position,
): Page<T, Position> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? position(last) : null };
}
