import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { expect } from 'chai';
import { formats } from '../../../app/commands/checks/options.ts';
import { doctorChecks } from '../../../app/commands/doctor/checks/doctor-checks.ts';
import { explainLog, logRules } from '../../../app/commands/doctor/logs/explain-log.ts';
import { createLogReport } from '../../../app/commands/doctor/logs/log-report.ts';
import { ordinaryEvents } from '../../../app/commands/doctor/logs/security-events.ts';
import type { Line } from '../../../app/observe/events/events.ts';
import { createLog } from '../../../app/observe/log.ts';
import { logSamples } from './support/log-samples.ts';

type LogFormat = 'json' | 'gcp' | 'ecs';

const chunks = (...texts: string[]) => Readable.from(texts.map((text) => Buffer.from(text)));
const explain = (...lines: string[]) => explainLog(chunks(lines.map((line) => `${line}\n`).join('')));
const idsOf = async (...lines: string[]) => (await explain(...lines)).explanations.map(({ rule }) => rule.id);

/** Events of the service: each `event: 'name'` in the source. */
function eventsInSource(): string[] {
  const files = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.startsWith('observe/events/'),
  );
  const texts = files.map((file) => readFileSync(`app/${file}`, 'utf8'));
  return [
    ...new Set(texts.flatMap((text) => [...text.matchAll(/\bevent: '(\w+)'/g)].map(([, name = '']) => name))),
  ];
}

/** A line of the log of the service. The rules must also know lines of which only a part is given. */
async function logLine(fields: object, message: string, logFormat: LogFormat = 'json'): Promise<string> {
  let text = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const config = { logLevel: 'debug', environment: 'production', logFormat } as const;
  // reason: see above.
  createLog(config, stream).warn(fields as Line<'account_locked'>, message);
  return text.trim();
}

describe('The explanation of a log', () => {
  for (const [id, line] of Object.entries(logSamples)) {
    it(`knows ${id}`, async () => {
      expect(await idsOf(line)).to.deep.equal([id]);
    });
  }

  it('has a sample of every rule that is not about an event', () => {
    const rules = logRules.map(({ id }) => id).filter((id) => !id.startsWith('event-'));
    expect(Object.keys(logSamples)).to.have.members(rules);
  });

  it('knows every event of the service, in each format of the log', async () => {
    const events = eventsInSource();
    expect(events).to.have.length.above(40);
    for (const event of events) {
      const found = [
        ...(await idsOf(await logLine({ event }, 'text'))),
        ...(await idsOf(await logLine({ event }, 'text', 'gcp'))),
        ...(await idsOf(await logLine({ event }, 'text', 'ecs'))),
        ...(await idsOf(`    event: "${event}"`)),
      ];
      if (ordinaryEvents.test(event)) expect(found, event).to.deep.equal([]);
      else
        expect(found, event).to.satisfy(
          (ids: string[]) => ids.length === 4 && ids[0]?.startsWith('event-') && new Set(ids).size === 1,
        );
    }
  });

  for (const format of ['json', 'gcp', 'ecs'] as const) {
    it(`tells the reasons of a lost Redis apart: ${format}`, async () => {
      const line = (reason: string) =>
        logLine({ event: 'redis_lost', problem: 'connection', reason }, 'Redis cannot be used', format);
      expect(await idsOf(await line('unauthenticated'))).to.deep.equal(['event-redis-password']);
      expect(await idsOf(await line('no_permission'))).to.deep.equal(['event-redis-rights']);
      expect(await idsOf(await line('unreachable'))).to.deep.equal(['event-redis-lost']);
    });

    it(`finds failed requests, and when a replica was not ready: ${format}`, async () => {
      const request = { event: 'request', requestId: 'one', method: 'GET', route: '/x', durationMs: 1 };
      const [failed, fine] = [
        { ...request, status: 503 },
        { ...request, status: 200 },
      ];
      expect(await idsOf(await logLine(failed, 'request', format))).to.deep.equal(['requests-failed']);
      expect(await idsOf(await logLine(fine, 'request', format))).to.deep.equal([]);
      const ready = { event: 'readiness_changed', readiness: 'ready' };
      const notReady = { ...ready, readiness: 'not_ready', checks: { postgres: 'down' } };
      expect(await idsOf(await logLine(ready, 'text', format))).to.deep.equal([]);
      expect(await idsOf(await logLine(notReady, 'text', format))).to.deep.equal(['event-not-ready']);
    });

    it(`shows the time of a line, and finds the error of a lost Postgres: ${format}`, async () => {
      const err = Object.assign(new Error('getaddrinfo ENOTFOUND db'), { code: 'ENOTFOUND' });
      const line = await logLine({ event: 'postgres_lost', err }, 'Postgres does not answer', format);
      const { explanations } = await explain(line);
      expect(explanations.map(({ rule }) => rule.id)).to.have.members([
        'event-postgres-lost',
        'name-unknown',
      ]);
      expect(explanations[0]?.first).to.match(/^\d{4}-\d\d-\d\dT/);
    });
  }

  it('does not search what clients wrote', async () => {
    const line = await logLine(
      { event: 'request', status: 200, userAgent: 'OOMKilled ECONNREFUSED' },
      'request',
    );
    const { explanations, unknown } = await explain(line);
    expect([explanations, unknown]).to.deep.equal([[], 0]);
  });

  it('counts, and shows the first and the last time', async () => {
    const at = (time: string) => `2026-11-27 ${time} UTC [42] FATAL:  sorry, too many clients already`;
    const { explanations, lines } = await explain(at('10:00:00.123'), 'unknown', at('11:00:00.456'));
    expect(lines).to.equal(3);
    const [first] = explanations;
    expect(first).to.include({ count: 2, first: '2026-11-27 10:00:00.123', last: '2026-11-27 11:00:00.456' });
  });

  it('counts the lines that it does not know', async () => {
    const { unknown } = await explain(
      'something else',
      '    at Object.<anonymous> (file.js:1:1)',
      logSamples.heap ?? '',
    );
    expect(unknown).to.equal(1);
  });

  it('joins lines that are cut between two chunks, and examines the beginning of a very long one', async () => {
    const cut = await explainLog(chunks('first\nError: accept EM', 'FILE\nlast'));
    expect([cut.lines, cut.explanations.map(({ rule }) => rule.id)]).to.deep.equal([3, ['descriptors']]);
    const long = await explainLog(
      chunks('EMFILE ', 'x'.repeat(200_000), ' OOMKilled\n', 'Error: read ECONNRESET\n'),
    );
    expect(long.explanations.map(({ rule }) => rule.id)).to.have.members(['descriptors', 'connection-reset']);
  });

  it('prints nothing of the log but times, in each format', async () => {
    const log = await explain(
      'FATAL:  password authentication failed for user "planted-user" with postgresql://a:planted-password@db/auth',
      'Authorization: Bearer planted-token Invalid token',
    );
    for (const format of formats) {
      const { lines, result } = createLogReport(format, log);
      const text = lines.join('\n') + JSON.stringify(result);
      expect(text).to.match(/postgres-password|database-password/);
      expect(text).to.not.contain('planted');
    }
  });

  it('refers to checks and runbooks that exist', () => {
    const ids = new Set(doctorChecks.map(({ id }) => id));
    expect(new Set(logRules.map(({ id }) => id)).size).to.equal(logRules.length);
    for (const { id, check, runbook } of logRules) {
      if (check) expect(ids.has(check), id).to.equal(true);
      if (runbook) expect(existsSync(`docs/runbooks/${runbook}.md`), id).to.equal(true);
    }
  });
});
