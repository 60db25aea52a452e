import { createServer, type Server } from 'node:http';
import { expect } from 'chai';
import { askReadiness, healthCommand, healthTarget } from '../../app/commands/health.ts';
import { parseReadiness } from '../../app/commands/readiness-report.ts';
import { closeServer, listen } from '../../app/http/server/server.ts';

describe('The health command', () => {
  let server: Server;
  let paths: (string | undefined)[];
  let status: number;
  let body: string;
  beforeEach(() => {
    [paths, status, body] = [[], 200, ''];
    server = createServer(({ url }, response) => {
      paths.push(url);
      response.writeHead(status).end(body);
    });
  });
  afterEach(() => closeServer(server, 0));

  const cases: readonly [listens: string, host: string | undefined][] = [
    ['::1', '::1'],
    ['::1', '::'],
    ['::1', undefined],
    ['127.0.0.1', undefined],
    ['127.0.0.1', ''],
    ['127.0.0.1', '0.0.0.0'],
    ['127.0.0.1', 'localhost'],
  ];
  for (const [listens, host] of cases) {
    it(`finds a listener on ${listens} with HOST=${host}`, async function () {
      const port = await listen(server, 0, listens).catch(() => this.skip());
      await healthCommand(healthTarget({ METRICS_PORT: `${port}` }), host);
      expect(paths).to.deep.equal(['/livez']);
    });
  }

  it('asks the API where METRICS_PORT is off, and the ports that the service has without variables', () => {
    const live = '/api/v1/health/live';
    expect(healthTarget({ METRICS_PORT: 'off', PORT: '5000' })).to.deep.equal({ port: 5000, path: live });
    expect(healthTarget({ METRICS_PORT: ' off ' })).to.deep.equal({ port: 8000, path: live });
    expect(healthTarget({ PORT: '5000' })).to.deep.equal({ port: 9464, path: '/livez' });
  });

  it('fails with the status of a process that is not live', async () => {
    status = 503;
    const port = await listen(server, 0, '127.0.0.1');
    const failure = await healthCommand(healthTarget({ METRICS_PORT: `${port}` })).catch((error) => error);
    expect(failure).to.have.property('message', 'the health check answered with status 503');
  });

  it('asks for readiness where it is asked for liveness', () => {
    const ready = '/api/v1/health/ready';
    expect(healthTarget({ METRICS_PORT: 'off' }, 'ready')).to.deep.equal({ port: 8000, path: ready });
    expect(healthTarget({}, 'ready')).to.deep.equal({ port: 9464, path: '/readyz' });
  });

  const checks = {
    ...{ postgres: 'up', schema: 'current', redis: 'up', signing_key: 'usable' },
    ...{ isolated: false, draining: false },
  };
  for (const [answered, readiness, reasons] of [
    [200, { status: 'ready', checks }, []],
    [200, { status: 'ready', checks: { ...checks, redis: 'degraded' } }, ['redis: degraded']],
    [
      200,
      { status: 'degraded', checks: { ...checks, postgres: 'down', schema: 'unknown' } },
      ['postgres: down', 'schema: unknown'],
    ],
    [
      503,
      { status: 'not_ready', checks: { ...checks, postgres: 'down', isolated: true } },
      ['postgres: down', 'isolated: true'],
    ],
    [503, { status: 'not_ready', checks: null }, []],
  ] as const) {
    it(`reports ${readiness.status} with ${reasons.join(', ') || 'no reason'}`, async () => {
      [status, body] = [answered, JSON.stringify(readiness)];
      const port = await listen(server, 0, '127.0.0.1');
      const answer = await askReadiness(healthTarget({ METRICS_PORT: `${port}` }, 'ready'));
      expect(parseReadiness(answer)).to.deep.equal({ status: readiness.status, reasons });
      expect(paths[0]).to.equal('/readyz');
    });
  }

  it('refuses an answer that is no readiness', () => {
    expect(() => parseReadiness({ status: 'healthy', checks: {} })).to.throw();
  });
});
