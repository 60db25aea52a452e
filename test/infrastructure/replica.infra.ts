import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseConfig } from '../../app/config/config.ts';
import { createDatabase } from '../../app/store/postgres/postgres-database.ts';
import { createCleanup } from '../../tools/torture/harness/cleanup.ts';
import { type PostgresServer, startPostgres } from '../../tools/torture/harness/postgres-server.ts';
import { type Echo, probes, using } from '../store/postgres/probe.ts';
import { codeOf } from '../support/rows.ts';
import { silentLog } from '../support/stores.ts';

describe('A standby of Postgres that did not answer when the service started', function () {
  this.timeout(60_000);
  const cleanup = createCleanup();
  let standby: PostgresServer;

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'auth-replica-'));
    cleanup.add(() => rmSync(folder, { recursive: true }));
    const primary = await startPostgres(folder, cleanup);
    standby = await startPostgres(folder, cleanup, { primary });
  });
  after(() => cleanup.run());

  /** Without a profile, as after a check at the start that the server did not answer. */
  function open(acceptsStandby: boolean) {
    const config = parseConfig({ ENV: 'test', DB_PRIMARY_DB_URL: standby.url }).database;
    const url = () => standby.url;
    return createDatabase({ url, config, queries: probes, log: silentLog, acceptsStandby });
  }

  it('is read as a replica', async () => {
    await using(open(true), async (database) => {
      const [row] = await database.query<Echo>('probe/echo', ['x']);
      expect(row?.saidIt).to.equal('x');
    });
  });

  it('is not used as the primary', async () => {
    await using(open(false), async (database) => {
      expect(await database.query('probe/echo', ['x']).catch(codeOf)).to.equal('service_unavailable');
    });
  });
});
