import { connect } from 'node:net';
import { expect } from 'chai';
import { z } from 'zod';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';

describe('Security headers', () => {
  let server: Awaited<ReturnType<typeof serveEndpoints>>;
  before(async () => {
    const answer = { summary: 'A thing', access: 'open', answers: {} } as const;
    const body = z.strictObject({});
    server = await serveEndpoints([
      endpoint('GET /thing', answer, () => ({ data: 1 })),
      endpoint('POST /thing', { ...answer, body }, () => ({})),
      endpoint('GET /broken', answer, () => {
        throw new Error('a fault');
      }),
    ]);
  });
  after(() => server.close());

  /** The first response to bytes that an HTTP client may refuse to send, in lower case. */
  function headersOf(head: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(server.port, '127.0.0.1', () =>
        socket.write(`${head}\r\nHost: x\r\nConnection: close\r\n\r\n`),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.once('close', () => resolve(text.split('\r\n\r\n')[0]?.toLowerCase() ?? ''));
      socket.once('error', reject);
    });
  }

  const requests = {
    200: 'GET /thing HTTP/1.1',
    404: 'GET /nowhere HTTP/1.1',
    405: 'PUT /thing HTTP/1.1',
    415: 'POST /thing HTTP/1.1',
    422: 'GET /thing?x=1 HTTP/1.1',
    500: 'GET /broken HTTP/1.1',
    400: 'GET /thing HTTP/1.1\r\nbad header',
  };

  it('forbid everything a browser could load, embed or submit, on every answer', async () => {
    for (const [status, head] of Object.entries(requests)) {
      const headers = await headersOf(head);
      expect(headers).to.match(new RegExp(`^http/1.1 ${status} `));
      const [, policy = ''] = /^content-security-policy: (.*)$/m.exec(headers) ?? [];
      const directives = policy.split(';').map((each) => each.trim());
      expect([status, directives]).to.deep.equal([
        status,
        ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
      ]);
    }
  });

  it('forbid sniffing on every answer, and the referrer on every one that a page could be', async () => {
    for (const [status, head] of Object.entries(requests)) {
      const headers = await headersOf(head);
      expect(headers).to.contain('\r\nx-content-type-options: nosniff');
      // A request that is not HTTP gets its problem from the socket, with fewer headers.
      if (status !== '400') expect(headers).to.contain('\r\nreferrer-policy: no-referrer');
    }
  });
});
