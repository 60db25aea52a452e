import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkConfig } from '../../app/commands/config/check-config.ts';
import { effectiveVariables, misspelledVariables } from '../../app/commands/config/effective-variables.ts';
import { commandNames, entries, isSecret } from '../../app/config/config.ts';
import { start } from '../support/process.ts';

const machine = { cpus: 2.5, hasCpuQuota: true, memoryBytes: 512 * 1024 ** 2 };

describe('auth-service config print', () => {
  function print(env: Record<string, string>, ofFile: readonly string[] = [], command = 'serve' as const) {
    const environment = env.ENV ?? 'development';
    const found = effectiveVariables({ env, ofFile: new Set(ofFile) }, command, { machine, environment });
    return Object.fromEntries(found.map(({ name, source, value }) => [name, { source, value }]));
  }

  it('shows the value of each variable and where it comes from', () => {
    const shown = print({ PORT: ' 80 ', LOG_LEVEL: 'warn', METRICS_PORT: '' }, ['LOG_LEVEL']);
    expect(shown.PORT).to.deep.equal({ value: '80', source: 'environment' });
    expect(shown.LOG_LEVEL).to.deep.equal({ value: 'warn', source: '.env' });
    expect(shown.METRICS_PORT).to.deep.equal({ value: '9464', source: 'default' });
    expect(shown.HASH_CONCURRENCY).to.deep.equal({ value: '2', source: 'default' });
    expect(shown).to.not.have.any.keys('HOST', 'REDIS_URL', 'DB_MIGRATION_URL');
  });

  it('shows of a secret whether it is set and by what, and never the secret, whatever its form', () => {
    const secret = 'do-not-show';
    for (const entry of entries.filter(isSecret)) {
      const { alias, name } = entry;
      for (const form of [name, ...(alias ? [alias] : [])]) {
        const [shown] = commandNames.flatMap((command) => {
          const variables = { env: { [form]: secret }, ofFile: new Set<string>() };
          const found = effectiveVariables(variables, command, { machine, environment: 'production' });
          return found.filter((variable) => variable.name === name);
        });
        expect(shown?.value, form).to.equal('[redacted]');
        expect(shown?.source).to.equal(form === name ? 'environment' : `environment (${form})`);
      }
    }
    expect(print({ REDIS_URL_FILE: '/run/redis' }).REDIS_URL).to.deep.equal({
      value: '[redacted]',
      source: 'file /run/redis (REDIS_URL_FILE, environment)',
    });
    expect(print({ JWT_PRIVATE_KEY_PATH: 'a.pem' }, ['JWT_PRIVATE_KEY_PATH']).JWT_PRIVATE_KEY).to.deep.equal({
      value: '[redacted]',
      source: 'file a.pem (JWT_PRIVATE_KEY_PATH, .env)',
    });
  });

  it('names variables that look like one of the service, and no others', () => {
    const typos = {
      DB_POOLMAX: 'DB_POOL_MAX',
      DB_POOL_MAXX: 'DB_POOL_MAX',
      ALLOWED_HOST: 'ALLOWED_HOSTS',
      JTW_ISSUER: 'JWT_ISSUER',
      LOG_LEVAL: 'LOG_LEVEL',
      log_level: 'LOG_LEVEL',
      REDIS_URL_FLIE: 'REDIS_URL_FILE',
    };
    const unrelated = { PATH: '/bin', DATABASE_URL: 'x', REDIS_HOST: 'x', DB_PASSWORD: 'x', PORTS: '' };
    const set = Object.fromEntries(Object.keys(typos).map((name) => [name, 'x']));
    const expected = Object.entries(typos).map(([name, known]) => ({ name, known }));
    expect(misspelledVariables({ ...set, ...unrelated })).to.deep.equal(expected);
  });
});

describe('auth-service config check', () => {
  it('finds what stops a command, and what it does not read', () => {
    const env = {
      ENV: 'production',
      DB_PRIMARY_DB_URL: 'postgresql://a@db/a',
      REDIS_URL: 'http://redis',
      DB_POLL_MAX: '5',
    };
    const purge = checkConfig(env, 'purge');
    expect(purge.faults).to.deep.equal([]);
    expect(purge.warnings[0]).to.match(/^REDIS_URL must be .* \(purge does not read this variable\)$/);
    expect(purge.warnings[1]).to.equal(
      'DB_POLL_MAX is no variable of the service: did you mean DB_POOL_MAX?',
    );
    expect(checkConfig(env, 'serve').faults.join())
      .to.contain('REDIS_URL must be')
      .and.contain('ALLOWED_HOSTS');
  });

  it('ends with status 78 because of a fault of the file .env, with one document on demand', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      writeFileSync(join(folder, '.env'), 'PORT=eighty\nMETRICS_PORT=9000\n');
      const running = start(['config', 'check', '--json'], { METRICS_PORT: '9001' }, undefined, folder);
      expect(await running.ended).to.equal(78);
      const document = JSON.parse(running.output());
      expect(document).to.deep.include({ command: 'serve', is_valid: false });
      expect(document.faults).to.have.length(1);
      expect(document.faults[0]).to.match(/^PORT must be/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
