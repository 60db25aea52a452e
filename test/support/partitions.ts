import type postgres from 'postgres';

/** Adds the partition of the month `ago` months before this one. @returns its name */
export async function addMonth(sql: postgres.Sql, table: string, ago: number): Promise<string> {
  const [month] = await sql<{ name: string; from: string; to: string }[]>`
    select to_char(start, 'YYYY_MM') as name, start::text as from, (start + interval '1 month')::text as to
    from (select date_trunc('month', now() at time zone 'UTC') - ${ago} * interval '1 month' as start) months`;
  if (!month) throw new Error('one row');
  const name = `${table}_${month.name}`;
  await sql.unsafe(
    `create table ${name} partition of ${table} for values from ('${month.from}+00') to ('${month.to}+00')`,
  );
  return name;
}
