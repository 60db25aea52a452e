import { createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { parseConfig } from '../../../app/config/config.ts';
import type { Database } from '../../../app/store/postgres/database.ts';
import { createDatabase } from '../../../app/store/postgres/postgres-database.ts';
import { codeOf } from '../../support/rows.ts';
import { silentLog } from '../../support/stores.ts';
import { probes, using } from './probe.ts';

/** A server that accepts connections and never answers, like a frozen Postgres. */
async function withSilentServer<T>(use: (url: () => string) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  try {
    return await use(() => `postgresql://postgres@127.0.0.1:${port}/postgres`);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

describe('database without a server', () => {
  const defaults = parseConfig({ ENV: 'test' }).database;
  const config = { timeout: 300, poolMax: 2, sslMode: 'disable' } as const;
  const open = (url: () => string): Database =>
    createDatabase({ url, config: { ...defaults, ...config, url }, queries: probes, log: silentLog });

  it('throws service_unavailable when no server listens', async () => {
    await using(
      open(() => 'postgresql://postgres@127.0.0.1:1/postgres'),
      async (database) => {
        expect(await database.query('probe/echo', ['x']).catch(codeOf)).to.equal('service_unavailable');
        expect(await database.transaction(async () => 1).catch(codeOf)).to.equal('service_unavailable');
      },
    );
  });

  it('throws service_unavailable at the deadline when a server never answers', async () => {
    await withSilentServer((url) =>
      using(open(url), async (database) => {
        const queries = Array.from({ length: 6 }, () => database.query('probe/echo', ['x']).catch(codeOf));
        expect(new Set(await Promise.all(queries))).to.deep.equal(new Set(['service_unavailable']));
      }),
    );
  });
});
