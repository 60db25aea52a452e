import { expect } from 'chai';
import { migrateCommand } from '../../../app/commands/migrate.ts';
import { parseConfig } from '../../../app/config/config.ts';
import { purge } from '../../../app/jobs/purge.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { createStore } from '../../../app/store/store.ts';
import { startApp } from '../../support/app.ts';
import { createDatabaseWithRoles } from '../../support/database-roles.ts';
import { onRealStore, queries, silentLog } from '../../support/stores.ts';
import { logIn, logInNewAdmin, logInNewUser, newUserFields } from '../../support/users.ts';
import { queryArguments } from './query-arguments.ts';

onRealStore('The role of the service', (stores) => {
  let roles: Awaited<ReturnType<typeof createDatabaseWithRoles>>;
  const open = (url: () => string) =>
    createDatabase({ url, config: stores().config, queries, log: silentLog });
  let database: ReturnType<typeof open>;

  const migrateWith = (variables: Record<string, string>) =>
    migrateCommand(parseConfig(variables), silentLog);
  const migrateAsOwner = () =>
    migrateWith({ DB_MIGRATION_URL: roles.ownerUrl(), DB_PRIMARY_DB_URL: roles.serviceUrl() });
  const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

  before(async function () {
    this.timeout(60_000);
    roles = await createDatabaseWithRoles();
    // A usual recipe, which would let the role change every partition that is created later.
    await roles.asOwner(`alter default privileges grant all on tables to ${roles.service};
      alter default privileges grant all on functions to ${roles.service}`);
    await migrateAsOwner();
    database = open(roles.serviceUrl);
  });
  after(async () => {
    await database?.close();
    await roles?.drop();
  });

  it('may run every query of the service', async () => {
    for (const name of queries.names) {
      const statement = `prepare planned as ${queries.text(name)}`;
      const values = queryArguments[name] ?? [];
      const call = values.length > 0 ? `(${values.join(', ')})` : '';
      // explain checks the privileges and executes nothing.
      const outcome = await roles.asService(
        `${statement}; explain execute planned${call}; deallocate planned`,
      );
      expect([name, outcome]).to.deep.equal([name, 'done']);
    }
  });

  it('is enough to register, log in, refresh and administer, to purge and to create partitions', async () => {
    await createStore(database).auditLog.createPartitions(12);
    const [newest] = await roles.admin<{ name: string }[]>`
      select max(c.relname) as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'audit_log'::regclass and c.relname !~ 'until'`;
    await roles.admin.unsafe(`drop table ${newest?.name}`);
    const app = await startApp({ ...stores(), database, replica: database });
    try {
      const [admin, user] = [await logInNewAdmin(app), await logInNewUser(app)];
      const refresh = { body: { refresh_token: user.refresh } };
      expect((await app.ask('POST /api/v1/auth/refresh', refresh)).status).to.equal(200);
      const users = `/api/v1/admin/users/${user.id}`;
      const { username } = newUserFields();
      const calls: [string, number, unknown?][] = [
        [`PATCH ${users}`, 200, { username }],
        ['POST /api/v1/admin/roles', 201, { name: username }],
        [`PUT ${users}/roles`, 200, { roles: ['user', username] }],
        [`PUT ${users}/roles`, 200, { roles: ['user'] }],
        [`DELETE /api/v1/admin/roles/${username}`, 204],
        [`POST ${users}/disable`, 204],
        [`POST ${users}/enable`, 204],
        [`POST ${users}/reset-token`, 201],
        [`DELETE ${users}/sessions`, 204],
        ['GET /api/v1/admin/audit-log?action=user.enable', 200],
        ['GET /api/v1/admin/login-histories', 200],
        [`DELETE ${users}`, 204],
      ];
      for (const [what, status, body] of calls) {
        const reply = await app.ask(what, { token: admin.access, ...(body !== undefined && { body }) });
        expect([what, reply.status]).to.deep.equal([what, status]);
      }
      const again = await logIn(app, admin);
      expect((await app.ask('POST /api/v1/auth/logout-all', { token: again.access })).status).to.equal(204);
      await purge(createStore(database), silentLog, { loginHistory: 13, auditLog: 24 });
    } finally {
      await app.close();
    }
    const [created] = await roles.admin<{ owner: string; acl: string | null }[]>`
      select pg_get_userbyid(relowner) as owner, relacl::text as acl from pg_class
      where oid = to_regclass(${newest?.name ?? ''})`;
    expect(created?.owner).to.equal(roles.owner);
    expect(created?.acl ?? '').not.to.include(roles.service);
  });

  it('is the only role beside the owner that may execute a function of the schema', async () => {
    const functions = await roles.admin<{ signature: string; service: boolean; everyone: boolean }[]>`
      select p.oid::regprocedure::text as signature,
        has_function_privilege(${roles.service}, p.oid, 'execute') as service,
        exists (
          select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0
        ) as everyone
      from pg_proc p where p.pronamespace = 'public'::regnamespace order by p.proname`;
    expect(functions.filter(({ everyone }) => everyone)).to.deep.equal([]);
    expect(functions.filter(({ service }) => service).map(({ signature }) => signature)).to.deep.equal([
      'create_audit_log_partitions(integer)',
      'create_login_history_partitions(integer)',
      'delete_unknown_login_attempts(integer,integer)',
      'drop_audit_log_partitions(integer)',
      'drop_login_history_partitions(integer)',
    ]);
    expect(await roles.asService(`select drop_month_partitions('audit_log', 1)`)).to.equal('42501');
  });

  it('gets back what was taken and loses what was added, and a run with nothing to do touches no grant', async () => {
    const version = async () => {
      const rows = await roles.admin<{ versions: string }[]>`
        select string_agg(xmin::text, ',' order by oid) as versions from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S')`;
      return rows[0]?.versions;
    };
    await migrateAsOwner();
    const first = await version();
    await migrateAsOwner();
    expect(await version()).to.equal(first);
    await roles.asOwner(`grant update, delete on audit_log to ${roles.service};
      revoke select on users from ${roles.service}`);
    await migrateAsOwner();
    expect(await roles.asService(`update audit_log set ip = null`)).to.equal('42501');
    expect(await roles.asService('select id from users limit 1')).to.equal('done');
  });

  it('is refused by migrate if it does not exist, or can act as the owner', async () => {
    const owner = { DB_MIGRATION_URL: roles.ownerUrl(), DB_PRIMARY_DB_URL: roles.serviceUrl() };
    const missing = await migrateWith({ ...owner, DB_SERVICE_ROLE: 'nobody "here"' }).catch(messageOf);
    expect(missing).to.match(/^the role nobody "here" of the service does not exist; docs\/operations\.md/);
    const isOwner = await migrateWith({ ...owner, DB_SERVICE_ROLE: roles.owner }).catch(messageOf);
    expect(isOwner).to.include('owns the tables');
    await roles.admin.unsafe(`grant ${roles.owner} to ${roles.service}`);
    expect(await migrateAsOwner().catch(messageOf)).to.include(`is a member of their owner ${roles.owner}`);
    await roles.admin.unsafe(`revoke ${roles.owner} from ${roles.service}`);
    const asService = await migrateWith({ DB_PRIMARY_DB_URL: roles.serviceUrl() }).catch(messageOf);
    expect(asService).to.equal(
      'permission denied for schema public: migrate needs the owner of the tables, in DB_MIGRATION_URL',
    );
    // One role for everything: nothing is granted and nothing is refused.
    await migrateWith({ DB_PRIMARY_DB_URL: roles.ownerUrl() });
    await migrateWith({ DB_PRIMARY_DB_URL: roles.ownerUrl(), DB_MIGRATION_URL: roles.ownerUrl() });
  });
});
