import { request } from 'node:http';
import { expect } from 'chai';
import { z } from 'zod';
import { AppError } from '../../../app/errors.ts';
import { endpoint, type WorkQueue } from '../../../app/http/route/endpoint.ts';
import { createNetworkStanding } from '../../../app/http/route/network-standing.ts';
import { createOverloadControl } from '../../../app/http/route/overload-control.ts';
import { createBodyReader } from '../../../app/http/route/read-body.ts';
import { useMonotonicClock } from '../../support/clock.ts';
import { noLimits } from '../../support/no-limits.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';

/** A queue that is full, for everybody or for suspect networks only. */
const fullFor = (isFull: WorkQueue['isFull']): WorkQueue => ({
  isFull,
  reject: () => new AppError('overloaded', { retryAfter: 60 }),
  run: async (_priority, work) => work(),
});

const hashing = (queue: WorkQueue, isKnownDevice?: (text: string) => boolean) =>
  endpoint(
    'POST /hash',
    {
      ...{ summary: 'Hash', access: 'open', queue, body: z.strictObject({}), answers: {} },
      ...(isKnownDevice && { isKnownDevice }),
    },
    () => {
      throw new AppError('invalid_credentials');
    },
  );

describe('A refused request', () => {
  async function ask(port: number, headers: Record<string, string> = {}): Promise<number> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, method: 'POST', path: '/hash', agent: false };
      const sent = request({ ...options, headers: { 'Content-Type': 'application/json', ...headers } });
      sent.once('error', reject).once('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.end('{}');
    });
  }

  for (const [title, headers] of [
    ['before Koa', {}],
    ['of a browser, by Koa', { Origin: 'https://app.example.com' }],
  ] as const) {
    it(`of a network that came back too soon is answered later than a request that was sent after it: ${title}`, async () => {
      const queue = fullFor(() => true);
      const served = await serveEndpoints([hashing(queue)], { refusalDelay: 2_000 });
      try {
        // The first refusal comes at once, and the network does not wait as long as it was told.
        expect(await ask(served.port, headers)).to.equal(503);
        const order: string[] = [];
        const suspect = ask(served.port, headers).then(() => order.push('suspect'));
        const probe = fetch(`http://127.0.0.1:${served.port}/nothing`).then(() => order.push('probe'));
        await Promise.all([suspect, probe]);
        expect(order).to.deep.equal(['probe', 'suspect']);
      } finally {
        await served.close();
      }
    });
  }

  it('after a failed attempt of a suspect network is answered later than a request that was sent after it', async () => {
    const served = await serveEndpoints([hashing(fullFor(() => false))], { refusalDelay: 2_000 });
    try {
      expect(await ask(served.port)).to.equal(401);
      const order: string[] = [];
      const suspect = ask(served.port).then((status) => order.push(`suspect ${status}`));
      const probe = fetch(`http://127.0.0.1:${served.port}/nothing`).then(() => order.push('probe'));
      await Promise.all([suspect, probe]);
      expect(order).to.deep.equal(['probe', 'suspect 401']);
    } finally {
      await served.close();
    }
  });
});

describe('The devices of one network', () => {
  const clock = useMonotonicClock({ isFrozen: true });

  it('are known sixty times a minute, however many tokens they show', async () => {
    const readBody = createBodyReader(1, () => undefined);
    const overload = createOverloadControl({
      ...{ limits: noLimits, networks: createNetworkStanding(), readBody },
    });
    const login = hashing(
      fullFor(() => false),
      () => true,
    );
    // reason: nothing but the headers of the request is read, because the cookie is proof enough.
    const ask = (network: string) =>
      overload.isFromKnownDevice(login, network, { headers: { cookie: 'device' } } as never);
    const known = [];
    for (let n = 0; n < 61; n += 1) known.push(await ask('198.51.100.7'));
    expect(known).to.deep.equal([...Array(60).fill(true), false]);
    expect(await ask('198.51.100.8')).to.equal(true);
    await clock.advance(60_001);
    expect(await ask('198.51.100.7')).to.equal(true);
  });
});
