import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ConfigError, parseConfig } from '../app/config/config.ts';
import { openStores, type Stores } from '../app/open-stores.ts';
import { isSchemaCurrent } from '../app/store/postgres/schema-check.ts';
import { createStore } from '../app/store/store.ts';
import type { NewUser } from '../app/store/tables/users.ts';
import { compiledModule, withoutWasmOptimizer } from './support/compiled-app.ts';
import { initializedDataDir } from './support/data-dir.ts';
import { newUser } from './support/rows.ts';
import { onRealStore, silentLog } from './support/stores.ts';

describe('embedded stores', function () {
  // Three starts of the embedded Postgres.
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

  /** Stores a user in a process that is killed right after the commit. */
  async function storeAndBeKilled(user: NewUser): Promise<void> {
    const script = `
      import { pino } from 'pino';
      import { parseConfig } from '${compiledModule('app/config/config.ts')}';
      import { openStores } from '${compiledModule('app/open-stores.ts')}';
      import { createStore } from '${compiledModule('app/store/store.ts')}';
      const config = parseConfig({ ENV: 'test', DATA_DIR: ${JSON.stringify(dataDir)} });
      const stores = await openStores(config, pino({ level: 'silent' }));
      await createStore(stores.database).users.insert(${JSON.stringify(user)});
      console.log('stored');
    `;
    // The temporary files of the killed process are deleted with the folder of this test.
    const env = { ...process.env, TMPDIR: dataDir };
    const args = [withoutWasmOptimizer, '--input-type=module', '--eval', script];
    const child = spawn(process.execPath, args, { env });
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  it('have the current schema, keep committed data, and reject a folder in use without disturbing its user', async () => {
    const [one, other] = [newUser(), newUser()];
    await storeAndBeKilled(one);

    const first = await open();
    expect(first.embedded).to.deep.equal(['Postgres', 'Redis']);
    expect(first.replica).to.equal(first.database);
    await expectStored(first, one);
    expect(await open().catch((error: unknown) => error)).to.be.instanceOf(ConfigError);
    expect(await isSchemaCurrent(first.database)).to.equal(true);
    await createStore(first.database).users.insert(other);
    await first.close();
    expect(readdirSync(dataDir))
      .to.include.members(['lock', 'postgres'])
      .and.not.include('postgres.incomplete');

    const second = await open();
    await expectStored(second, other);
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
