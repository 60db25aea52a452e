import { expect } from 'chai';
import { formatLine } from '../../app/commands/port-keeper/format-line.ts';
import type { Line } from '../../app/observe/events/events.ts';
import { createLog, type Logger, withoutRedaction } from '../../app/observe/log.ts';
import { faultOf } from '../support/log-lines.ts';

type Format = 'json' | 'gcp' | 'ecs';

/** The one line that `write` logs in a format, parsed. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into lines of several forms
function lineIn(logFormat: Format, write: (log: Logger) => void): any {
  const lines: string[] = [];
  const config = {
    logLevel: 'debug',
    environment: 'production',
    logFormat,
    cloudProject: 'my-project',
  } as const;
  write(createLog(config, { write: (line) => void lines.push(line) }, '1.2.3'));
  expect(lines).to.have.length(1);
  return JSON.parse(lines[0] ?? '');
}

const userId = 'b2c3d4e5-0000-4000-8000-000000000001';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';

const request: Line<'request'> = {
  ...{ event: 'request', requestId: 'request-1', traceId, spanId, method: 'POST' },
  ...{ route: '/api/v1/auth/login', status: 401, durationMs: 12.34, ip: '192.0.2.1', network: '192.0.2.1' },
  ...{ accountRef: 'reference', code: 'invalid_credentials', security: 'login', outcome: 'failure' },
};

const failed: Line<'request'> = {
  ...{ event: 'request', requestId: 'request-2', method: 'GET', route: '/api/v1/users/me' },
  ...{ status: 500, durationMs: 1, ip: 'unknown', userId },
};

function brokenError(): Error {
  const cause = new Error('the socket has closed');
  return Object.assign(new TypeError('the query failed', { cause }), {
    code: 'ECONNRESET',
    secret: 'hidden',
  });
}

describe('The log format gcp', () => {
  it('has the special fields of Cloud Logging for a request', () => {
    const line = lineIn('gcp', (log) => withoutRedaction(log).info(request, 'request'));
    expect(line).to.deep.include({
      severity: 'INFO',
      message: 'request',
      httpRequest: {
        requestMethod: 'POST',
        requestUrl: '/api/v1/auth/login',
        status: 401,
        remoteIp: '192.0.2.1',
        latency: '0.01234s',
      },
      'logging.googleapis.com/trace': `projects/my-project/traces/${traceId}`,
      'logging.googleapis.com/spanId': spanId,
      'logging.googleapis.com/labels': { event: 'request', security: 'login' },
      serviceContext: { service: 'auth-service', version: '1.2.3' },
    });
    expect(line.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(line).to.not.have.any.keys('level', 'msg', '@type', 'stack_trace');
  });

  it('keeps each field of the service, so that the commands of the runbooks work on it', () => {
    const json = lineIn('json', (log) => log.info(request, 'request'));
    const { level: _level, msg: _msg, time: _time, ...fields } = json;
    expect(lineIn('gcp', (log) => log.info(request, 'request'))).to.deep.include(fields);
  });

  it('gives Error Reporting the stack with its causes, the service and whom it concerned', () => {
    const line = lineIn('gcp', (log) => log.error({ ...failed, err: brokenError() }, 'request'));
    expect(line).to.include({
      severity: 'ERROR',
      '@type': 'type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent',
    });
    expect(line.stack_trace).to.match(/^TypeError: the query failed\n {4}at .*Error: the socket has closed/s);
    expect(line.context).to.deep.equal({
      httpRequest: { method: 'GET', url: '/api/v1/users/me', responseStatusCode: 500 },
      user: userId,
    });
    expect(line.err).to.include({ type: 'TypeError', code: 'ECONNRESET' }).and.to.not.have.property('stack');
    expect(line.httpRequest).to.not.have.property('remoteIp');
    expect(JSON.stringify(line)).to.not.contain('hidden');
  });

  it('reports no warning as an error, and calls fatal critical', () => {
    const warning = lineIn('gcp', (log) => log.warn({ event: 'postgres_lost', err: brokenError() }, 'text'));
    expect(warning).to.include({ severity: 'WARNING' }).and.to.not.have.property('@type');
    expect(warning).to.have.property('stack_trace');
    const crash = lineIn('gcp', (log) => log.fatal({ event: 'crashed', err: brokenError() }, 'text'));
    expect(crash).to.include({ severity: 'CRITICAL' }).and.to.have.property('@type');
  });
});

describe('The log format ecs', () => {
  it('has the fields of the Elastic Common Schema for a request', () => {
    const { '@timestamp': time, ...line } = lineIn('ecs', (log) =>
      withoutRedaction(log).info(request, 'request'),
    );
    expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(line).to.deep.equal({
      'log.level': 'info',
      'ecs.version': '8.17.0',
      message: 'request',
      service: { name: 'auth-service', version: '1.2.3' },
      event: {
        kind: 'event',
        dataset: 'auth-service.log',
        code: 'request',
        action: 'login',
        category: ['authentication'],
        type: ['start'],
        outcome: 'failure',
        duration: 12_340_000,
      },
      http: { request: { id: 'request-1', method: 'POST' }, response: { status_code: 401 } },
      url: { path: '/api/v1/auth/login' },
      client: { ip: '192.0.2.1' },
      trace: { id: traceId },
      span: { id: spanId },
      auth_service: { network: '192.0.2.1', accountRef: 'reference', code: 'invalid_credentials' },
    });
  });

  it('omits an address that is none, because Elasticsearch would refuse the whole line', () => {
    const line = lineIn('ecs', (log) => log.error({ ...failed, err: brokenError() }, 'request'));
    expect(line).to.not.have.property('client');
    expect(line.user).to.deep.equal({ id: userId });
    expect(line.event).to.deep.include({ outcome: 'failure', category: ['web'] });
    expect(line.error).to.include({ type: 'TypeError', code: 'ECONNRESET' });
    expect(line.error.stack_trace).to.contain('the socket has closed');
    expect(JSON.stringify(line)).to.not.contain('hidden');
  });

  it('keeps a path out of the line that a client has chosen', () => {
    const line = lineIn('ecs', (log) => log.info({ ...failed, route: 'unmatched', status: 404 }, 'request'));
    expect(line).to.not.have.property('url');
    expect(line.event.outcome).to.equal('success');
  });

  it('has the reason of an event, and every other field under its own name', () => {
    const line = lineIn('ecs', (log) =>
      log.info(
        {
          ...{ event: 'login', outcome: 'failure', reason: 'wrong_password', userId, sessionId: null },
          ...{ accountRef: 'reference', requestId: 'request-1', ip: '192.0.2.1', network: '192.0.2.1' },
        },
        'login failure',
      ),
    );
    expect(line.event).to.include({ code: 'login', action: 'login', reason: 'wrong_password' });
    expect(line.auth_service).to.deep.equal({
      sessionId: null,
      accountRef: 'reference',
      network: '192.0.2.1',
    });
  });
});

describe('A log format', () => {
  for (const format of ['json', 'gcp', 'ecs'] as const) {
    it(`redacts what is called a secret: ${format}`, () => {
      const line = lineIn(format, (log) =>
        log.debug({ password: 'hidden', user: { token: 'hidden' } }, 'text'),
      );
      expect(JSON.stringify(line)).to.contain('[redacted]').and.to.not.contain('hidden');
    });

    it(`writes what was thrown and is no error: ${format}`, () => {
      const line = lineIn(format, (log) => log.warn({ event: 'postgres_lost', err: 'a text' }, 'text'));
      expect(JSON.stringify(line)).to.contain('a text');
    });
  }
});

describe('A line of the port keeper', () => {
  const fields = { event: 'port_kept', port: 8000 };
  const lineFor = (LOG_FORMAT?: string) => JSON.parse(formatLine({ LOG_FORMAT }, 'warn', fields, 'text'));

  it('follows the schema of the log', () => {
    expect(faultOf(lineFor())).to.equal(null);
    expect(faultOf(lineFor('json'))).to.equal(null);
  });

  it('has the format of the service', () => {
    expect(lineFor('gcp')).to.deep.include({
      severity: 'WARNING',
      message: 'text',
      event: 'port_kept',
      port: 8000,
    });
    const { event, ...ecs } = lineFor('ecs');
    expect(event).to.deep.include({ code: 'port_kept', category: ['process'], type: ['start'] });
    expect(ecs).to.include({ 'log.level': 'warn', message: 'text' }).and.to.have.property('@timestamp');
  });
});
