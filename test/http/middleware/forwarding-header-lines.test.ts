import { request } from 'node:http';
import { expect } from 'chai';
import { endpoint } from '../../../app/http/route/endpoint.ts';
import { serveEndpoints } from '../../support/serve-endpoints.ts';
import { until } from '../../support/until.ts';

describe('Header lines of a trusted proxy', () => {
  const spec = { summary: 'Answers', access: 'open', answers: {} } as const;

  /** The address in the log of a request with these header lines, from the trusted proxy 127.0.0.1. */
  async function clientOf(header: string, lines: Record<string, string | string[]>): Promise<unknown> {
    const variables = { CLIENT_IP_HEADER: header, TRUSTED_PROXIES: '127.0.0.1' };
    const served = await serveEndpoints([endpoint('GET /', spec, () => ({}))], { variables });
    try {
      const sent = request({ port: served.port, host: '127.0.0.1', headers: lines }, (response) =>
        response.resume(),
      );
      sent.end();
      await until(() => served.lines.length === 1);
      return served.lines[0]?.ip;
    } finally {
      await served.close();
    }
  }

  const forged = '6.6.6.6';
  const client = '198.51.100.1';

  it('are one list in their order if they are repeated: X-Forwarded-For', async () => {
    const lines = { 'x-forwarded-for': [forged, `[2001:db8::1]:443, ${client}:4711`] };
    expect(await clientOf('X-Forwarded-For', lines)).to.equal(client);
  });

  it('are one list in their order if they are repeated: Forwarded', async () => {
    const lines = { FORWARDED: [`for=${forged};proto="`, `for=${client};proto=https`] };
    expect(await clientOf('Forwarded', lines)).to.equal(client);
  });

  it('are ignored if a header with one address is repeated', async () => {
    expect(await clientOf('CF-Connecting-IP', { 'CF-CONNECTING-IP': client })).to.equal(client);
    const lines = { 'cf-connecting-ip': [forged, client] };
    expect(await clientOf('CF-Connecting-IP', lines)).to.equal('127.0.0.1');
  });

  it('are ignored if they are not the configured ones', async () => {
    const lines = { 'x-forwarded-for': forged, forwarded: `for=${forged}`, 'x-real-ip': forged };
    expect(await clientOf('CF-Connecting-IP', lines)).to.equal('127.0.0.1');
    expect(await clientOf('X-Forwarded-For', { ...lines, 'x-forwarded-for': client })).to.equal(client);
  });
});
