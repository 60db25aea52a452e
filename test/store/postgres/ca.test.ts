import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import { parseConfig } from '../../../app/config/config.ts';
import { parseTarget } from '../../../app/store/postgres/connection-target.ts';
import type { Database } from '../../../app/store/postgres/database.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { codeOf } from '../../support/rows.ts';
import { silentLog } from '../../support/stores.ts';
import { probes, using } from './probe.ts';

const [oneCa = '', otherCa = ''] = rootCertificates;

describe('the file with the CA of Postgres', () => {
  let folder: string;
  let caFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ca-'));
    caFile = join(folder, 'ca.pem');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const currentCa = () => {
    const { server } = parseTarget({ url: () => 'postgresql://u@db/auth', sslMode: 'verify-full', caFile });
    return server.tls?.options.ca;
  };

  it('is used after a change', () => {
    for (const ca of [oneCa, `# which, and why\n${otherCa}`]) {
      writeFileSync(caFile, ca);
      expect(currentCa()).to.equal(ca);
    }
  });

  it('must contain a certificate at first', () => {
    writeFileSync(caFile, 'not a certificate');
    expect(currentCa).to.throw('The file in DB_CA_FILE is not a readable file of CA certificates');
  });

  it('may be missing, empty or half written later: the last valid text stays in use', () => {
    writeFileSync(caFile, oneCa);
    expect(currentCa()).to.equal(oneCa);
    for (const text of ['', otherCa.slice(0, 200), 'not a certificate']) {
      writeFileSync(caFile, text);
      expect(currentCa()).to.equal(oneCa);
    }
    rmSync(caFile);
    expect(currentCa()).to.equal(oneCa);
    writeFileSync(caFile, otherCa);
    expect(currentCa()).to.equal(otherCa);
  });
});

/** Accepts TLS, as Postgres does, and then fails the handshake. */
async function withBrokenTls<T>(use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.once('data', () => {
      socket.once('data', () => socket.write('this is no handshake'));
      socket.write('S');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await use(typeof address === 'object' && address ? address.port : 0);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

describe('a connection that cannot be made', () => {
  const open = (port: number, fields: { caFile?: string; timeout?: number } = {}): Database => {
    const url = () => `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=verify-full`;
    const config = {
      timeout: 300,
      poolMax: 2,
      prepare: true,
      sslMode: 'verify-full',
      caFile: undefined,
    } as const;
    return createDatabase({
      url,
      config: { ...parseConfig({ ENV: 'test' }).database, ...config, ...fields, url },
      queries: probes,
      log: silentLog,
    });
  };
  const ask = (database: Database) => database.query('probe/echo', ['x']).then(() => 'answered', codeOf);
  const askMany = async (database: Database) =>
    new Set(await Promise.all(Array.from({ length: 7 }, () => ask(database))));

  it('because its CA file is missing is service_unavailable', async () => {
    await using(open(1, { caFile: '/nowhere/ca.pem' }), async (database) => {
      expect(await askMany(database)).to.deep.equal(new Set(['service_unavailable']));
      expect(await database.transaction(async () => 1).catch(codeOf)).to.equal('service_unavailable');
    });
  });

  it('because TLS fails is service_unavailable', async () => {
    await withBrokenTls((port) =>
      using(open(port, { timeout: 60_000 }), async (database) => {
        expect(await askMany(database)).to.deep.equal(new Set(['service_unavailable']));
      }),
    );
  });
});
