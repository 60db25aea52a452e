import { expect } from 'chai';
import {
  type ConnectionTarget,
  parseTarget,
  tlsOptions,
} from '../../../app/store/postgres/connection-target.ts';

const target = (url: string, sslMode: ConnectionTarget['sslMode'] = 'require') => ({
  url: () => url,
  sslMode,
  caFile: undefined,
});

describe('TLS towards Postgres', () => {
  it('is off only for disable', () => {
    expect(tlsOptions('disable', 'db', undefined)).to.equal(false);
    for (const mode of ['prefer', 'allow', 'require', 'verify-ca', 'verify-full', 'unheard-of']) {
      expect(tlsOptions(mode, 'db', undefined), mode).to.be.an('object');
    }
  });

  it('encrypts without verifying for require, and for prefer and allow too', () => {
    for (const mode of ['require', 'prefer', 'allow']) {
      expect(tlsOptions(mode, 'db', undefined)).to.include({ rejectUnauthorized: false });
    }
  });

  it('verifies the signature and the name of the certificate for verify-full', () => {
    const options = tlsOptions('verify-full', 'db.example.com', 'the CA');
    expect(options).to.deep.equal({ rejectUnauthorized: true, ca: 'the CA', servername: 'db.example.com' });
  });

  it('verifies only the signature for verify-ca', () => {
    const options = tlsOptions('verify-ca', 'db', 'the CA');
    expect(options).to.include({ rejectUnauthorized: true, ca: 'the CA' });
    expect(options).to.have.property('checkServerIdentity').that.is.a('function');
  });

  it('sends no server name for an IP address', () => {
    expect(tlsOptions('require', '192.0.2.1', undefined)).to.include({ servername: undefined });
    expect(tlsOptions('require', '2001:db8::1', undefined)).to.include({ servername: undefined });
  });

  it('uses the sslmode of the URL, or else of the configuration', () => {
    expect(parseTarget(target('postgresql://u@db/auth?sslmode=disable', 'verify-full')).ssl).to.equal(false);
    expect(parseTarget(target('postgresql://u@db/auth', 'disable')).ssl).to.equal(false);
    const verified = parseTarget(target('postgresql://u@db/auth', 'verify-full')).ssl;
    expect(verified).to.include({ rejectUnauthorized: true });
  });

  it('removes parameters that the client would misread', () => {
    const { url } = parseTarget(
      target('postgresql://u@db/auth?sslmode=require&sslrootcert=/ca.pem&options=x'),
    );
    expect(url).to.equal('postgresql://u@db/auth?options=x');
  });

  it('finds a socket by its folder, and does not encrypt there', () => {
    const { path, ssl } = parseTarget(
      target('postgresql://u@localhost/auth?host=/run/postgresql', 'require'),
    );
    expect(path).to.equal('/run/postgresql/.s.PGSQL.5432');
    expect(ssl).to.equal(false);
  });
});
