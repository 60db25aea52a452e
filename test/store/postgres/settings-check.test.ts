import { expect } from 'chai';
import { ConfigError } from '../../../app/config/config.ts';
import { checkServer } from '../../../app/store/postgres/server-check.ts';
import { recordingLog } from '../../support/keys.ts';
import { setStatement } from '../../support/server-settings.ts';
import { runOn } from '../../support/servers.ts';
import { createScratchDatabase, onRealStore } from '../../support/stores.ts';

onRealStore('The check of the settings of a server', () => {
  let url: () => string;
  let drop: () => Promise<void>;
  beforeEach(async () => {
    ({ url, drop } = await createScratchDatabase());
  });
  afterEach(() => drop());

  const database = () => new URL(url()).pathname.slice(1);
  const set = (name: string, value: string) => runOn(url(), setStatement(database(), [name, value]));

  async function check(variable: 'DB_PRIMARY_DB_URL' | 'DB_REPLICA_DB_URL' = 'DB_PRIMARY_DB_URL') {
    const { log, lines } = recordingLog();
    const target = { url, sslMode: 'disable' as const, caFile: undefined };
    const error = await checkServer({ target, variable, log, timeout: 10_000 }).catch(
      (caught: unknown) => caught,
    );
    const warnings = lines.filter(({ event }) => event === 'postgres_setting');
    return { faults: error instanceof ConfigError ? error.faults : [], warnings };
  }

  it('finds nothing in a server with its defaults, nor in settings that each connection replaces', async () => {
    await set('datestyle', 'German');
    await set('default_transaction_isolation', 'serializable');
    expect(await check()).to.deep.equal({ faults: [], warnings: [] });
  });

  it('refuses a server on which foreign keys have no effect, and names setting, value and way out', async () => {
    await set('session_replication_role', 'replica');
    const { faults } = await check();
    const role = new URL(url()).username;
    expect(faults).to.deep.equal([
      `DB_PRIMARY_DB_URL: session_replication_role of Postgres is 'replica' instead of 'origin', so that foreign keys and triggers have no effect. Run: alter role ${role} in database ${database()} set session_replication_role = 'origin';`,
    ]);
    await runOn(url(), faults[0]?.split('Run: ')[1] ?? '');
    expect((await check()).faults).to.deep.equal([]);
  });

  it('warns of a primary that is read-only or that may lose commits, and not of such a replica', async () => {
    await set('synchronous_commit', 'off');
    await set('default_transaction_read_only', 'on');
    const { faults, warnings } = await check();
    expect(faults).to.deep.equal([]);
    expect(warnings.map(({ level, setting, value }) => [level, setting, value])).to.have.deep.members([
      ['warn', 'default_transaction_read_only', 'on'],
      ['warn', 'synchronous_commit', 'off'],
    ]);
    expect((await check('DB_REPLICA_DB_URL')).warnings).to.deep.equal([]);
  });

  it('warns of a database with another encoding', async () => {
    await drop();
    ({ url, drop } = await createScratchDatabase(`template template0 encoding 'LATIN1' locale 'C'`));
    const { warnings } = await check();
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include({ setting: 'server_encoding', value: 'LATIN1' });
  });
});
