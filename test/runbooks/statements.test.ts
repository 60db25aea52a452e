import { expect } from 'chai';
import { migrateCommand } from '../../app/commands/migrate.ts';
import { parseConfig } from '../../app/config/config.ts';
import { createDatabaseWithRoles } from '../support/database-roles.ts';
import { blocksIn, placeOf, readRunbooks } from '../support/runbooks.ts';
import { onRealStore, silentLog } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { incidentRows } from './incident-rows.ts';

onRealStore('The SQL statements of the runbooks', () => {
  const blocks = blocksIn(readRunbooks(), 'sql');
  let roles: Awaited<ReturnType<typeof createDatabaseWithRoles>>;
  before(async function () {
    this.timeout(60_000);
    roles = await createDatabaseWithRoles();
    const urls = { DB_MIGRATION_URL: roles.ownerUrl(), DB_PRIMARY_DB_URL: roles.serviceUrl() };
    await migrateCommand(parseConfig(urls), silentLog);
    await roles.admin.unsafe(incidentRows.join(';\n'));
    await roles.ownerSql.unsafe(
      `create table locked (id integer); grant insert on locked to ${roles.service}`,
    );
  });
  after(() => roles?.drop());

  /** The number of rows as the role of the service sees them, or the error. */
  async function rowsOf(statement: string): Promise<number | string> {
    // The example of a process id could be that of another session on this server.
    const safe = statement.replace('pg_terminate_backend(12345)', `pg_terminate_backend(${2 ** 31 - 1})`);
    try {
      return await roles.admin.begin(async (tx) => {
        await tx.unsafe(`set local role ${roles.service}`);
        return (await tx.unsafe(safe)).length;
      });
    } catch (error) {
      return String(error);
    }
  }

  /** Runs `work` while one session waits for a table that another session has locked. */
  async function whileOneWaits(work: () => Promise<void>): Promise<void> {
    let waiting: Promise<unknown> | undefined;
    await roles.ownerSql.begin(async (tx) => {
      await tx.unsafe('lock table locked in exclusive mode');
      waiting = roles.asService('insert into locked values (1)');
      await until(
        async () =>
          (await rowsOf(`select from pg_locks where relation = 'locked'::regclass and not granted`)) === 1,
      );
      await work();
    });
    await waiting;
  }

  it('are one statement in each block', () => {
    expect(blocks.length).to.be.above(30);
    for (const block of blocks) expect(block.text, placeOf(block)).to.match(/^[^;]+;\n$/);
  });

  it('run with the rights of the service, and find what has happened', async () => {
    const results: (readonly [place: string, rows: number | string])[] = [];
    await whileOneWaits(async () => {
      for (const block of blocks) results.push([placeOf(block), await rowsOf(block.text)]);
    });
    expect(results.filter(([, rows]) => typeof rows === 'string' || rows === 0)).to.deep.equal([]);
  });

  it('would not run with a misspelled column, or with a right that the service does not have', async () => {
    expect(await rowsOf('select ip_address from login_histories;')).to.contain(
      'column "ip_address" does not exist',
    );
    expect(await rowsOf('delete from audit_log;')).to.contain('permission denied for table audit_log');
  });
});
