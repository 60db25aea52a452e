import { once } from 'node:events';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import { z } from 'zod';
import { AppError } from '../../../app/errors.ts';
import type { RequestState } from '../../../app/http/route/context.ts';
import { createRouter } from '../../../app/http/route/dispatch.ts';
import { endpoint, type WorkQueue } from '../../../app/http/route/endpoint.ts';
import { createNetworkStanding } from '../../../app/http/route/network-standing.ts';
import { createOverloadControl } from '../../../app/http/route/overload-control.ts';
import { createBodyReader } from '../../../app/http/route/read-body.ts';
import { noLimits, noStepUp } from '../../support/no-limits.ts';

describe('A slot of the queue', () => {
  it('is reserved only after the body has arrived, which a client may withhold until the queue is full', async () => {
    let isFull = false;
    let handled = 0;
    let asked: () => void = () => undefined;
    const askedOnce = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const queue: WorkQueue = {
      isFull: () => {
        asked();
        return false;
      },
      reject: () => new AppError('overloaded'),
      run: async (_priority, work) => {
        if (isFull) throw new AppError('overloaded');
        return work();
      },
    };
    const hashing = endpoint(
      'POST /hash',
      { summary: 'Hash', access: 'open', queue, body: z.strictObject({}), answers: {} },
      () => {
        handled += 1;
        return {};
      },
    );
    const never = async () => expect.fail('an open route without a limit asks nobody');
    const app = new Koa<RequestState>();
    app.use(async (ctx, next) => {
      try {
        ctx.state.client = { ip: '', network: '', userAgent: null, requestId: '' };
        await next();
      } catch (error) {
        ctx.body = error instanceof AppError ? error.code : String(error);
      }
    });
    const readBody = createBodyReader(Number.POSITIVE_INFINITY, never);
    const overload = createOverloadControl({ limits: noLimits, networks: createNetworkStanding(), readBody });
    const policies = { authenticate: never, stepUp: noStepUp, limits: noLimits, overload, readBody };
    app.use(createRouter([hashing], policies).routes());
    const server = app.listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const headers = { 'Content-Type': 'application/json', 'Content-Length': 2 };
      const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/hash', headers });
      sent.flushHeaders();
      await askedOnce;
      isFull = true;
      sent.end('{}');
      const [response] = await once(sent, 'response');
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      expect([Buffer.concat(chunks).toString(), handled]).to.deep.equal(['overloaded', 0]);
    } finally {
      server.close();
    }
  });
});
