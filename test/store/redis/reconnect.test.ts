import { expect } from 'chai';
import { Redis } from 'ioredis';
import { connect } from '../../../app/store/postgres/connection.ts';
import {
  createClusterConnection,
  createServerConnection,
  isClusterUrl,
} from '../../../app/store/redis/ioredis-connection.ts';
import { silentLog } from '../../support/stores.ts';

/** Failures in a row. A great number must not lead to an infinite pause by its power of two. */
const failures = [...Array(100).keys(), 1_000, 10_000, 1e6, 1e9];

function redisPauses(url: string): unknown[] {
  const create = isClusterUrl(url) ? createClusterConnection : createServerConnection;
  const client = create({ url: () => url });
  const strategy =
    client instanceof Redis ? client.options.retryStrategy : client.options.clusterRetryStrategy;
  client.disconnect();
  return failures.map((attempts) => strategy?.(attempts));
}

/** In milliseconds. */
function postgresPauses(): unknown[] {
  const target = {
    url: () => 'postgresql://nobody@127.0.0.1:1/none',
    sslMode: 'disable',
    caFile: undefined,
  } as const;
  const log = silentLog;
  const { options } = connect({ target, prepare: true, connectTimeout: 1_000, parameters: {}, log });
  const { backoff } = options;
  return typeof backoff === 'function' ? failures.map((attempts) => backoff(attempts) * 1_000) : [];
}

describe('The pause before connecting again', () => {
  const clients: [title: string, pauses: () => unknown[]][] = [
    ['Redis', () => redisPauses('redis://127.0.0.1:1')],
    ['a cluster of Redis', () => redisPauses('redis://127.0.0.1:1,redis://127.0.0.1:2')],
    ['Redis behind sentinels', () => redisPauses('redis+sentinel://127.0.0.1:1,127.0.0.1:2/name')],
    ['Postgres', postgresPauses],
  ];
  for (const [title, pauses] of clients) {
    it(`is at most half a second and never zero, however often the connection failed: ${title}`, () => {
      const taken = pauses();
      expect(taken).to.have.length(failures.length);
      for (const pause of taken) expect(pause).to.be.within(1, 500);
    });
  }
});
