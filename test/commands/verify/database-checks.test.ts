import { expect } from 'chai';
import type { Outcome } from '../../../app/commands/checks/check.ts';
import { runChecks } from '../../../app/commands/checks/run-checks.ts';
import { databaseChecks } from '../../../app/commands/verify/database/checks.ts';
import { openDatabaseContext } from '../../../app/commands/verify/database/context.ts';
import { parseConfig } from '../../../app/config/config.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { runOn } from '../../support/servers.ts';
import { createScratchDatabase, onRealStore, silentLog } from '../../support/stores.ts';

async function check(url: string, variables: Record<string, string> = {}): Promise<Outcome[]> {
  const config = parseConfig({ DB_PRIMARY_DB_URL: url, ...variables }, undefined, undefined, 'verify');
  const context = openDatabaseContext(config, silentLog);
  try {
    return await runChecks(databaseChecks, context);
  } finally {
    await context.close();
  }
}

const problems = (outcomes: readonly Outcome[]): string[] =>
  outcomes
    .filter(({ finding }) => finding.status === 'failed' || finding.status === 'warning')
    .map(({ check: { id }, finding: { message, status } }) => `${status} ${id}: ${message}`);

onRealStore('auth-service verify --db', (stores) => {
  let scratch: Awaited<ReturnType<typeof createScratchDatabase>>;
  before(async function () {
    this.timeout(60_000);
    scratch = await createScratchDatabase();
    await migrate({
      target: { url: scratch.url, sslMode: 'disable', caFile: undefined },
      log: silentLog,
      embedded: false,
    });
  });
  after(() => scratch?.drop());

  it('passes on a migrated database, and skips the replica that there is not', async () => {
    const outcomes = await check(stores().directUrl());
    expect(problems(outcomes)).to.deep.equal([]);
    expect(outcomes.map(({ check: { id }, finding }) => `${id} ${finding.status}`)).to.include.members([
      'db-query-plans passed',
      'db-replication-lag skipped',
    ]);
  });

  /** Breaks the scratch database, looks, and repairs it. */
  const broken: readonly [title: string, by: string, repair: string, expected: RegExp][] = [
    [
      'a migration that is missing',
      `update public.schema_migrations set name = 'x' where name like '0016%'`,
      `update public.schema_migrations set name = '0016_skeleton_version_index.sql' where name = 'x'`,
      /^failed db-migrations: Not applied: 0016_skeleton_version_index\.sql$/,
    ],
    [
      'a migration that has changed',
      `update public.schema_migrations set checksum = 'x' || checksum where name = '0001_init.sql'`,
      `update public.schema_migrations set checksum = substr(checksum, 2) where name = '0001_init.sql'`,
      /^failed db-migrations: Changed since it was applied: 0001_init\.sql$/,
    ],
    [
      'a migration of a newer version',
      `insert into public.schema_migrations (name, checksum) values ('9999_later.sql', 'x')`,
      `delete from public.schema_migrations where name = '9999_later.sql'`,
      /^warning db-migrations: This version does not know 9999_later\.sql$/,
    ],
    [
      'an index that was dropped',
      `alter table public.login_histories rename to elsewhere;
       create table public.login_histories (like public.elsewhere)`,
      'drop table public.login_histories; alter table public.elsewhere rename to login_histories',
      /^failed db-query-plans: login_histories\/list_for_user reads login_histories without an index$/,
    ],
  ];
  for (const [title, by, repair, expected] of broken)
    it(`reports ${title}`, async () => {
      await runOn(scratch.url(), by);
      const found = problems(await check(scratch.url()));
      await runOn(scratch.url(), repair);
      expect(found).to.have.length(1);
      expect(found[0]).to.match(expected);
    });

  it('reports an index that was not finished', async () => {
    await runOn(scratch.url(), `create table public.doubles as select 1 as n from generate_series(1, 2)`);
    await runOn(scratch.url(), 'create unique index concurrently unfinished on public.doubles (n)').catch(
      () => undefined,
    );
    const found = problems(await check(scratch.url()));
    await runOn(scratch.url(), 'drop table public.doubles');
    expect(found).to.deep.equal(['failed db-indexes: Invalid: unfinished']);
  });

  it('reports a database that does not answer, and skips the rest', async () => {
    const outcomes = await check('postgresql://nobody:none@127.0.0.1:9/none');
    expect(outcomes.map(({ finding }) => finding.status)).to.deep.equal([
      'failed',
      ...databaseChecks.slice(1).map(() => 'skipped'),
    ]);
  });
});
