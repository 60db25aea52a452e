import { expect } from 'chai';
import { type ConnectionTarget, parseTarget } from '../../../app/store/postgres/connection-target.ts';

const parse = (url: string, sslMode: ConnectionTarget['sslMode'] = 'require') =>
  parseTarget({ url: () => url, sslMode, caFile: undefined });

const tlsOf = (url: string, sslMode?: ConnectionTarget['sslMode']) => parse(url, sslMode).server.tls?.options;

// test/store/postgres/tls-modes.process.ts tries what each mode means.
describe('The URL of Postgres', () => {
  it('has an sslmode, or else that of the configuration is used', () => {
    expect(tlsOf('postgresql://u@db/auth?sslmode=disable', 'verify-full')).to.equal(undefined);
    expect(tlsOf('postgresql://u@db/auth', 'disable')).to.equal(undefined);
    expect(tlsOf('postgresql://u@db/auth', 'require')).to.include({ rejectUnauthorized: false });
    expect(tlsOf('postgresql://u@db/auth', 'verify-full')).to.include({ rejectUnauthorized: true });
  });

  it('is verified by its address, and sends no server name, if it contains an IP address', () => {
    expect(tlsOf('postgresql://u@db.example.com/auth')).to.include({
      host: 'db.example.com',
      servername: 'db.example.com',
    });
    for (const [host, address] of [
      ['192.0.2.1', '192.0.2.1'],
      ['[2001:db8::1]', '2001:db8::1'],
    ])
      expect(tlsOf(`postgresql://u@${host}/auth`))
        .to.include({ host: address })
        .and.not.have.property('servername');
  });

  it('reaches the client without the parameters that the client would misread', () => {
    const { url } = parse(
      'postgresql://u@db/auth?sslmode=verify-full&sslrootcert=system&target_session_attrs=primary&options=x',
    );
    expect(url).to.equal('postgresql://u@db/auth?options=x');
  });

  it('may name the folder of a Unix socket, which is not encrypted', () => {
    const { path, server } = parse('postgresql://u@localhost/auth?host=/run/postgresql&sslmode=verify-full');
    expect(path).to.equal('/run/postgresql/.s.PGSQL.5432');
    expect(server).to.deep.include({ tls: null, address: { path } });
  });

  it('is read again for the password of the next login', () => {
    let secret = 'old';
    const { server } = parseTarget({
      url: () => `postgresql://u:${secret}@db/auth`,
      sslMode: 'verify-full',
      caFile: undefined,
    });
    expect(server.rules.password()).to.equal('old');
    secret = 'n%65w';
    expect(server.rules.password()).to.equal('new');
  });
});
