import { expect } from 'chai';
import { migrateCommand } from '../../app/commands/migrate.ts';
import { parseConfig } from '../../app/config/config.ts';
import { createDatabaseWithRoles } from '../support/database-roles.ts';
import { recordingLog } from '../support/keys.ts';
import { onRealStore } from '../support/stores.ts';

onRealStore('The command migrate', () => {
  let roles: Awaited<ReturnType<typeof createDatabaseWithRoles>>;
  before(async () => {
    roles = await createDatabaseWithRoles();
  });
  after(() => roles?.drop());

  /** @returns the warnings of a run, as the owner of the tables */
  async function warnings(): Promise<Record<string, unknown>[]> {
    const { lines, log } = recordingLog();
    const variables = { DB_MIGRATION_URL: roles.ownerUrl(), DB_PRIMARY_DB_URL: roles.serviceUrl() };
    await migrateCommand(parseConfig(variables), log);
    return lines.filter(({ level }) => level === 'warn');
  }

  it('warns of migrations that a newer version has applied, and of a role that can create objects', async () => {
    expect(await warnings()).to.deep.equal([]);
    await roles.asOwner(`insert into public.schema_migrations values ('9999_future.sql', 'x')`);
    await roles.admin.unsafe(`grant create on schema public to ${roles.service}`);
    const [mayCreate, unknown, ...others] = await warnings();
    expect(others).to.deep.equal([]);
    expect(mayCreate).to.include({ event: 'service_role_may_create', serviceRole: roles.service });
    expect(unknown).to.deep.include({ event: 'migrations_unknown', unknown: ['9999_future.sql'] });
  });
});
