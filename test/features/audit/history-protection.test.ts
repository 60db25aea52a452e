import { expect } from 'chai';
import { reportHistoryProtection } from '../../../app/features/audit/history-protection.ts';
import { createMetrics } from '../../../app/observe/metrics.ts';
import { migrate } from '../../../app/store/postgres/migrations.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { createStore } from '../../../app/store/store.ts';
import { createDatabaseWithRoles } from '../../support/database-roles.ts';
import { series } from '../../support/exposition.ts';
import { definitions, historyChanges } from '../../support/forbidden-statements.ts';
import { recordingLog } from '../../support/keys.ts';
import { addMonth } from '../../support/partitions.ts';
import { auditEntry } from '../../support/rows.ts';
import { onRealStore, queries, silentLog } from '../../support/stores.ts';

onRealStore('The protection of history', (stores) => {
  let roles: Awaited<ReturnType<typeof createDatabaseWithRoles>>;
  const open = (url: () => string) =>
    createDatabase({ url, config: stores().config, queries, log: silentLog });
  let database: ReturnType<typeof open>;

  before(async function () {
    this.timeout(60_000);
    roles = await createDatabaseWithRoles();
    const target = { url: roles.ownerUrl, sslMode: 'disable' as const, caFile: undefined };
    await migrate({ target, log: silentLog, serviceRole: roles.service });
    database = open(roles.serviceUrl);
  });
  after(async () => {
    await database?.close();
    await roles?.drop();
  });

  it('lets the role of the service neither change, delete or hide history nor execute DDL', async () => {
    await createStore(database).auditLog.insert(auditEntry());
    const tables = await roles.admin<{ name: string }[]>`
      select c.relname as name from pg_class c left join pg_inherits i on i.inhrelid = c.oid
      where c.oid in ('audit_log'::regclass, 'login_histories'::regclass)
        or i.inhparent in ('audit_log'::regclass, 'login_histories'::regclass)`;
    expect(tables.length).to.be.above(26);
    const changes = tables.flatMap(({ name }) => historyChanges(name, roles.service));
    for (const statement of [...changes, ...definitions(roles)]) {
      const outcome = await roles.asService(statement);
      expect([statement, outcome]).to.deep.equal([statement, '42501']);
    }
    const [{ left = 0 } = {}] = await roles.admin<
      { left: number }[]
    >`select count(*)::integer as left from audit_log`;
    expect(left).to.be.above(0);
  });

  it('keeps twelve months of the audit log, whatever the role of the service asks for', async () => {
    // The partition with the rows of release 1.0.0 contains all earlier months.
    const [first] = await roles.admin<{ name: string }[]>`
      select relname as name from pg_class where relname ~ '^audit_log_until_' and relkind = 'r'`;
    await roles.ownerSql.unsafe(`alter table audit_log detach partition ${first?.name}`);
    await addMonth(roles.ownerSql, 'audit_log', 0);
    for (const months of ['0', '-1', 'null', '12', '-2147483648']) {
      const kept = await addMonth(roles.ownerSql, 'audit_log', 12);
      const old = await addMonth(roles.ownerSql, 'audit_log', 13);
      expect(await roles.asService(`select drop_audit_log_partitions(${months})`)).to.equal('done');
      const found = await roles.admin<{ name: string }[]>`
        select relname as name from pg_class where relname in (${kept}, ${old})`;
      expect([months, found.map(({ name }) => name)]).to.deep.equal([months, [kept]]);
      await roles.ownerSql.unsafe(`drop table ${kept}`);
    }
  });

  async function report(url: () => string, knowsOwner = false) {
    const { log, lines } = recordingLog();
    const metrics = createMetrics('test');
    const opened = open(url);
    try {
      await reportHistoryProtection({ store: createStore(opened), log, metrics, knowsOwner });
    } finally {
      await opened.close();
    }
    return { lines, gauge: (await series(metrics)).get('auth_history_protected') };
  }

  it('is reported without a line if the role is harmless', async () => {
    expect(await report(roles.serviceUrl)).to.deep.equal({ lines: [], gauge: 1 });
  });

  it('is reported in one line and by the metric if the role could change history', async () => {
    const cases: [reason: string, url: () => string, grant?: string, revoke?: string][] = [
      ['owner of the tables', roles.ownerUrl],
      ['owner of the tables', roles.adminUrl],
      [
        'more privileges',
        roles.serviceUrl,
        'grant truncate on audit_log to',
        'revoke truncate on audit_log from',
      ],
      [
        'more privileges',
        roles.serviceUrl,
        'grant update (ip) on audit_log to',
        'revoke update (ip) on audit_log from',
      ],
      [
        'create objects',
        roles.serviceUrl,
        'grant create on schema public to',
        'revoke create on schema public from',
      ],
    ];
    for (const [reason, url, grant, revoke] of cases) {
      if (grant) expect(await roles.asOwner(`${grant} ${roles.service}`)).to.equal('done');
      const { lines, gauge } = await report(url);
      if (revoke) await roles.asOwner(`${revoke} ${roles.service}`);
      expect([reason, lines.length, gauge]).to.deep.equal([reason, 1, 0]);
      expect(lines[0]).to.include({ event: 'history_unprotected' });
      expect(lines[0]?.msg).to.include(reason);
    }
    const { lines } = await report(roles.serviceUrl, true);
    expect(lines[0]?.msg).to.include('DB_MIGRATION_URL is set');
  });
});
