import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { createWaitLog } from '../../../app/store/postgres/lock-watch.ts';
import { recordingLog } from '../../support/keys.ts';
import { onRealStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { messageOf, useScratchMigrations } from './migration-folders.ts';

onRealStore('Locks of migrations', () => {
  const { file, run, withSql } = useScratchMigrations();

  /** What a run says that gives up, or a failure of the test. */
  const refusalOf = (running: Promise<unknown>): Promise<string> =>
    running.then(() => 'no refusal', messageOf);

  it('stop when a table stays locked, and name the file, the lock and the session that has it', async () => {
    await run();
    writeFileSync(file('0003_three.sql'), 'alter table one add column more text;');
    await withSql((sql) =>
      sql.begin(async (tx) => {
        await tx`set local application_name = 'a report'`;
        await tx`lock table one in access share mode`;
        const [holder] = await tx`select pg_backend_pid() as pid`;
        const refused = await run({ lockTimeout: 400, tableWait: 0 }).catch((error: unknown) => error);
        expect(refused).to.include({ name: 'MigrationError', code: '55P03' });
        expect(messageOf(refused)).to.match(
          new RegExp(
            `^migration 0003_three\\.sql was aborted: it waited for AccessExclusiveLock on one, which process ${holder?.pid} \\(role .*, application a report, client 127\\.0\\.0\\.1, idle in transaction for \\d+ s\\) has$`,
          ),
        );
      }),
    );
    expect((await run()).applied).to.deep.equal(['0003_three.sql']);
  });

  it('try again while a table is locked, and let the queries run that wait behind them', async () => {
    await run();
    writeFileSync(file('0003_three.sql'), 'alter table one add column more text;');
    const { log, lines } = recordingLog();
    await withSql(async (sql) => {
      const locked = await sql.reserve();
      await locked`begin`;
      await locked`lock table one in access share mode`;
      const running = run({ lockTimeout: 300, log });
      await until(() => lines.some(({ event }) => event === 'migration_waits'));
      await locked`rollback`;
      locked.release();
      expect((await running).applied).to.deep.equal(['0003_three.sql']);
    });
    const [line] = lines.filter(({ event }) => event === 'migration_waits');
    expect(line?.msg).to.match(
      /^migration 0003_three\.sql: it waits for AccessExclusiveLock on one, which process \d+ /,
    );
  });

  it('cancel an index that waits too long for an older transaction, and name that transaction', async () => {
    await withSql(async (sql) => {
      await sql`create table one (id integer, word text)`;
      writeFileSync(file('0001_one.sql'), 'select 1');
      const refused = await sql.begin(async (tx) => {
        await tx`insert into one values (1, 'old')`;
        return refusalOf(run({ lockWait: 0 }));
      });
      expect(refused).to.match(
        /^migration 0002_two\.sql was aborted: it waited for the end of an older transaction, which process \d+ /,
      );
    });
  });

  it('wait for another run, and stop with an error that names its session when it takes too long', async () => {
    const { log, lines } = recordingLog();
    await withSql(async (sql) => {
      await sql`select pg_advisory_lock(1635087464)`;
      const [holder] = await sql`select pg_backend_pid() as pid`;
      expect(await refusalOf(run({ lockWait: 0 }))).to.match(
        new RegExp(
          `^another migration is running: this one waited 0 s for advisory lock 1635087464, which process ${holder?.pid} \\(.*\\) has\\. If no migration is running there, end that session with pg_terminate_backend$`,
        ),
      );
      const running = run({ log });
      await until(() => lines.some(({ event }) => event === 'migration_waits'));
      await sql`select pg_advisory_unlock_all()`;
      await running;
    });
    const waits = lines.filter(({ event }) => event === 'migration_waits');
    expect(waits).to.have.length(1);
    expect(waits[0]?.msg).to.match(/^the migration waits for another run: it waits for advisory lock /);
  });

  it('leave no lock behind', async () => {
    await run();
    await withSql(async (sql) => {
      const locks = await sql`
        select pid
        from pg_locks
        where locktype = 'advisory'
          and database = (select oid from pg_database where datname = current_database())`;
      expect(locks).to.have.length(0);
    });
  });
});

describe('the log of a wait for a lock', () => {
  it('has a line at the beginning, and then one every ten seconds', () => {
    const { log, lines } = recordingLog();
    let now = 0;
    const report = createWaitLog(log, 'migration 0001_a.sql', () => now);
    const session = { role: null, application: null, client: null, state: null, seconds: null };
    for (; now < 25_000; now += 1_000) report([{ lock: 'ShareLock on users', pid: 42, ...session }]);
    expect(lines.map(({ msg }) => msg)).to.deep.equal(
      Array(3).fill('migration 0001_a.sql: it waits for ShareLock on users, which process 42 has'),
    );
  });
});
