import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, parseConfig } from '../app/config/config.ts';
import { openStores, type Stores } from '../app/open-stores.ts';
import { isSchemaCurrent } from '../app/store/postgres/schema-check.ts';
import { createStore } from '../app/store/store.ts';
import type { NewUser } from '../app/store/tables/users.ts';
import { initializedDataDir } from './support/data-dir.ts';
import { newUser } from './support/rows.ts';
import { onRealStore, silentLog } from './support/stores.ts';

describe('embedded stores', function () {
  // Two starts of the embedded Postgres. test/processes/embedded.process.ts kills a process that uses one.
  this.timeout(60_000);
  let dataDir: string;

  before(async () => {
    dataDir = await initializedDataDir();
  });
  after(() => rmSync(dataDir, { recursive: true, force: true }));

  const open = () => openStores(parseConfig({ ENV: 'test', DATA_DIR: dataDir }), silentLog);

  async function expectStored({ database }: Stores, user: NewUser): Promise<void> {
    expect(await createStore(database).users.findById(user.id)).to.include({ email: user.email });
  }

  it('have the current schema, keep committed data, and reject a folder in use without disturbing its user', async () => {
    const user = newUser();
    const first = await open();
    expect(first.embedded).to.deep.equal(['Postgres', 'Redis']);
    expect(first.replica).to.equal(first.database);
    expect(await open().catch((error: unknown) => error)).to.be.instanceOf(ConfigError);
    expect(await isSchemaCurrent(first.database)).to.equal(true);
    await createStore(first.database).users.insert(user);
    await first.close();
    expect(readdirSync(dataDir))
      .to.include.members(['lock', 'postgres'])
      .and.not.include('postgres.incomplete');

    const second = await open();
    await expectStored(second, user);
    await second.close();
  });
});

onRealStore('real stores', (stores) => {
  it('are opened by their URLs, without a data folder', async () => {
    const dataDir = join(tmpdir(), 'never-made');
    const url = stores().url();
    const variables = { ENV: 'test', DATA_DIR: dataDir, DB_PRIMARY_DB_URL: url, DB_REPLICA_DB_URL: url };
    const opened = await openStores(parseConfig(variables), silentLog);
    expect(opened.embedded).to.deep.equal(['Redis']);
    expect(opened.replica).not.to.equal(opened.database);
    expect(await isSchemaCurrent(opened.replica)).to.equal(true);
    await opened.close();
    expect(existsSync(dataDir)).to.equal(false);
  });
});
