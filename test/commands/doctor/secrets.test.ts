import { expect } from 'chai';
import { formats } from '../../../app/commands/checks/options.ts';
import { doctorChecks } from '../../../app/commands/doctor/checks/doctor-checks.ts';
import { createDoctorContext } from '../../../app/commands/doctor/doctor-context.ts';
import type { DoctorOptions } from '../../../app/commands/doctor/options.ts';
import { redacted } from '../../../app/commands/doctor/redaction.ts';
import { runDoctor } from '../../../app/commands/doctor/run-doctor.ts';
import { createProduction } from './support/production.ts';

/** Recognizable in any output. */
const planted = {
  database: 'planted-database-secret',
  owner: 'planted-owner-secret',
  replica: 'planted/replica secret',
  redis: 'planted-redis-secret',
  sentinel: 'planted-sentinel-secret',
  metrics: 'planted-metrics-secret-0123456789abcdef',
  hmac: 'planted-hmac-secret-planted-hmac-secret',
  previous: 'planted-previous-short',
};

describe('Secrets in the output of the doctor', () => {
  let production: ReturnType<typeof createProduction>;
  before(() => {
    production = createProduction();
  });
  after(() => production.remove());

  /** Nobody listens on port 1, so each URL is used and fails. */
  const environment = () => ({
    ...production.env,
    DB_PRIMARY_DB_URL: `postgresql://auth:${planted.database}@127.0.0.1:1/auth`,
    DB_MIGRATION_URL: `postgresql://owner:${planted.owner}@127.0.0.1:1/auth`,
    DB_REPLICA_DB_URL: `postgresql://auth:${encodeURIComponent(planted.replica)}@127.0.0.1:1/auth`,
    REDIS_URL: `redis://:${planted.redis}@127.0.0.1:1`,
    REDIS_SENTINEL_PASSWORD: planted.sentinel,
    METRICS_TOKEN: planted.metrics,
    JWT_SECRET_KEY: planted.hmac,
    JWT_SECRET_KEY_PREVIOUS: planted.previous,
    // Values in the place of other values.
    ACCESS_TOKEN_TTL: planted.database,
    DB_CA_FILE: planted.redis,
    LOG_LEVEL: planted.metrics,
  });

  async function output(options: Partial<DoctorOptions>) {
    const texts: string[] = [];
    const report = ({ json }: { readonly json?: boolean }, result: object, lines: readonly string[]): void =>
      void texts.push(json ? JSON.stringify(result) : lines.join('\n'));
    const isGood = await runDoctor({ output: 'table', ...options }, { report }, environment());
    return { isGood, text: texts.join('\n') };
  }

  it('appear in no format, and each format has the same result', async () => {
    for (const format of formats) {
      const { isGood, text } = await output({ output: format });
      expect(isGood).to.equal(false);
      expect(text).to.contain('database-refused');
      const leaked = Object.values(planted).flatMap((secret) => [secret, encodeURIComponent(secret)]);
      expect(leaked.filter((secret) => text.includes(secret))).to.deep.equal([]);
      expect(text).to.not.contain('PRIVATE KEY');
    }
  });

  it('are replaced in the message of a check that throws', async () => {
    const context = createDoctorContext({ env: environment() });
    const [first] = doctorChecks;
    if (!first) throw new Error('there is no check');
    const throwing = redacted({
      ...first,
      run: () =>
        Promise.reject(
          new Error(`cannot parse ${environment().DB_MIGRATION_URL} or ${planted.replica}\nnow`),
        ),
    });
    const { message } = await throwing.run(context);
    expect(message).to.equal('The check could not be made: cannot parse [redacted] or [redacted] now');
  });
});

describe('The options of the doctor', () => {
  async function lines(options: Partial<DoctorOptions>): Promise<string> {
    let text = '';
    const report = (_: object, __: object, all: readonly string[]): void => {
      text = all.join('\n');
    };
    await runDoctor({ output: 'table', ...options }, { report }, {});
    return text;
  }

  it('--list names every check, and with --pre those that need no deployment', async () => {
    const [all, before] = [await lines({ list: true }), await lines({ list: true, pre: true })];
    expect(all).to.contain('schema-behind: ').and.to.contain('database-dns: ');
    expect(before).to.contain('database-dns: ').and.not.to.contain('schema-behind: ');
  });

  it('--only runs the named checks and those that they need', async () => {
    const text = await lines({ only: ['cors-json'] });
    expect(text).to.contain('[cors-json]').and.not.to.contain('[log-level]');
  });
});

describe('The checks of the doctor', () => {
  it('have unique ids, a title, a documentation, and need only checks before them', () => {
    const ids = doctorChecks.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(ids.length);
    expect(ids).to.have.length.above(40);
    for (const [index, check] of doctorChecks.entries()) {
      expect(check.id).to.match(/^[a-z]+(-[a-z]+)*$/);
      expect(check.title, check.id).to.match(/^\S.*[^.]$/);
      expect(check.documentation.length, check.id).to.be.above(80);
      const later = (check.needs ?? []).filter((need) => !ids.slice(0, index).includes(need));
      expect(later, check.id).to.deep.equal([]);
    }
  });
});
