import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect } from 'chai';
import { aliases, secretVariables, variables } from '../../app/config/config.ts';
import { faultsOf, parse } from '../support/configuration.ts';

describe('.env.example', () => {
  const text = readFileSync('.env.example', 'utf8');
  const commented = text.match(/^# [A-Z0-9_]+=.*$/gm) ?? [];
  const examples = parseEnv(commented.map((line) => line.slice(2)).join('\n'));

  it('lists every variable and every _FILE form once, and nothing else', () => {
    const names = [...text.matchAll(/^(?:# )?([A-Z0-9_]+)=/gm)].map(([, name]) => name);
    const files = secretVariables.map((name) => `${name}_FILE`);
    expect(names.sort()).to.deep.equal([...Object.keys(variables), ...aliases, ...files].sort());
  });

  it('runs as it is, in development, on the embedded stores and every other default', () => {
    expect(parse(parseEnv(text))).to.deep.equal(parse());
  });

  /** What another variable must come with. */
  const companions: Record<string, Record<string, string>> = {
    REDIS_CERT_FILE: { REDIS_KEY: '-----BEGIN PRIVATE KEY-----' },
    REDIS_KEY_FILE: { REDIS_CERT: '-----BEGIN CERTIFICATE-----' },
  };

  it('shows examples that are accepted once uncommented, where their files exist', () => {
    for (const [name, value] of Object.entries(examples)) {
      const env = { DB_PRIMARY_DB_URL: 'postgresql://db/auth', JWT_PRIVATE_KEY: 'pem', ...companions[name] };
      const others = Object.entries(env).filter(
        ([other]) => !name.startsWith(other) && !(aliases.includes(name) && other.startsWith('DB_')),
      );
      const faults = faultsOf({ ...Object.fromEntries(others), [name]: value });
      expect(faults.filter((fault) => !fault.endsWith('cannot be read'))).to.deep.equal([]);
    }
  });

  it('holds no secret that someone could take along to production', () => {
    for (const name of secretVariables.filter((secret) => secret.startsWith('JWT_'))) {
      expect(examples[name]).to.equal('');
    }
  });
});
