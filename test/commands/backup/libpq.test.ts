import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import { openLibpq } from '../../../app/commands/backup/libpq.ts';
import { ownerOf } from '../../../app/commands/backup/owner-connection.ts';
import { parseConfig } from '../../../app/config/config.ts';
import { type Environment, realFiles } from '../../../app/config/reader.ts';
import { machine, scratchFiles } from '../../support/configuration.ts';

/** The environment of pg_dump, and the CA certificates in its file. */
async function libpqOf(env: Environment) {
  const config = parseConfig(env, machine, realFiles, 'backup');
  const libpq = await openLibpq(ownerOf(config).target);
  const ca = libpq.env.PGSSLROOTCERT && readFileSync(libpq.env.PGSSLROOTCERT, 'utf8');
  await libpq.close();
  return { env: libpq.env, ca };
}

const url = 'postgresql://owner:p%40ss@db.example.com:6432/authdb';

describe('libpq', () => {
  const files = scratchFiles();
  const caText = rootCertificates[0] ?? '';

  it('verifies chain and host name in production, against the CAs of Node.js', async () => {
    const { env, ca } = await libpqOf({ ENV: 'production', DB_PRIMARY_DB_URL: url });
    expect(env).to.include({ PGSSLMODE: 'verify-full', PGGSSENCMODE: 'disable' });
    expect(env).to.include({
      PGHOST: 'db.example.com',
      PGPORT: '6432',
      PGUSER: 'owner',
      PGDATABASE: 'authdb',
    });
    expect(env.PGPASSWORD).to.equal('p@ss');
    expect(ca).to.equal(rootCertificates.join('\n'));
  });

  it('verifies against the CA of the service, from a file or a variable', async () => {
    const path = files.write('ca.pem', caText);
    for (const given of [{ DB_CA_FILE: path }, { DB_CA: caText }]) {
      const { env, ca } = await libpqOf({ ENV: 'production', DB_PRIMARY_DB_URL: url, ...given });
      expect(env.PGSSLMODE).to.equal('verify-full');
      expect(ca?.trim()).to.equal(caText.trim());
    }
  });

  it('verifies the chain alone where the URL says so', async () => {
    const given = { DB_PRIMARY_DB_URL: `${url}?sslmode=verify-ca`, DB_CA: caText };
    expect((await libpqOf({ ENV: 'production', ...given })).env.PGSSLMODE).to.equal('verify-ca');
  });

  it('sends no password that a man in the middle could use where nothing is verified', async () => {
    const { env, ca } = await libpqOf({ ENV: 'production', DB_PRIMARY_DB_URL: url, DB_TLS: 'unverified' });
    expect(env).to.include({
      PGSSLMODE: 'require',
      PGCHANNELBINDING: 'require',
      PGREQUIREAUTH: 'scram-sha-256',
    });
    expect(ca).to.equal(undefined);
  });

  it('uses the owner of the tables, and a Unix socket where the URL names one', async () => {
    const socket = 'postgresql://owner@localhost/authdb?host=/run/postgresql';
    const { env } = await libpqOf({ DB_PRIMARY_DB_URL: url, DB_MIGRATION_URL: socket });
    expect(env).to.include({ PGHOST: '/run/postgresql', PGUSER: 'owner', PGSSLMODE: 'disable' });
    expect(env).to.not.have.property('PGPASSWORD');
  });
});
