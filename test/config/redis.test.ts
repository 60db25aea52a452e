import { expect } from 'chai';
import { faultsOf, parse, production, scratchFiles } from '../support/configuration.ts';

const named = (faults: readonly string[]): string[] => faults.map((fault) => fault.split(' ')[0] ?? '');

describe('The configuration of Redis', () => {
  const files = scratchFiles();

  for (const url of [
    'redis+sentinel://a:26379,b:26379/mymaster',
    'redis+sentinel://:secret@a,b,[::1]:5000/mymaster/3',
    'rediss+sentinel://user:p%40ss@a:26379/my-master.1/0',
  ]) {
    it(`accepts ${url}`, () => {
      expect(parse({ REDIS_URL: url }).redis.url?.()).to.equal(url);
    });
  }

  for (const url of [
    'redis+sentinel://a:26379,b:26379',
    'redis+sentinel:///mymaster',
    'redis+sentinel://a:port/mymaster',
    'redis+sentinel://a:26379/mymaster/name',
    'redis+sentinel://a:26379,,b:26379/mymaster',
    'redis+sentinel://:100%@a:26379/mymaster',
    'redis+sentinel://a:26379/my%master',
    'sentinel://a:26379/mymaster',
  ]) {
    it(`refuses ${url}`, () => {
      expect(named(faultsOf({ REDIS_URL: url }))).to.deep.equal(['REDIS_URL']);
    });
  }

  it('refuses a database number for a cluster, where the client would ignore it', () => {
    expect(faultsOf({ REDIS_URL: 'redis://a:1/2,redis://b:2/2' })).to.deep.equal([
      'REDIS_URL must name no database but 0 for a cluster',
    ]);
    for (const url of ['redis://a:1/0,redis://b:2', 'redis://a:1/2'])
      expect(faultsOf({ REDIS_URL: url })).to.deep.equal([]);
  });

  it('demands TLS to Redis and to its sentinels in production', () => {
    const url = (protocol: string) => ({ ...production, REDIS_URL: `${protocol}://:pw@a:26379/mymaster` });
    expect(named(faultsOf(url('redis+sentinel')))).to.deep.equal(['REDIS_URL']);
    expect(faultsOf(url('rediss+sentinel'))).to.deep.equal([]);
    expect(faultsOf({ ...url('redis+sentinel'), REDIS_TLS: 'off' })).to.deep.equal([]);
  });

  it('has the key prefix auth:, and accepts none that could change hash slots or begin another prefix', () => {
    expect(parse({}).redis.keyPrefix).to.equal('auth:');
    expect(parse({ REDIS_KEY_PREFIX: 'team-1.auth:' }).redis.keyPrefix).to.equal('team-1.auth:');
    for (const prefix of ['auth', ':', 'a:b:', '{auth}:', 'a b:', `${'x'.repeat(64)}:`, '*:'])
      expect(named(faultsOf({ REDIS_KEY_PREFIX: prefix }))).to.deep.equal(['REDIS_KEY_PREFIX']);
  });

  it('demands the certificate and the key of a client together, and TLS', () => {
    const certificate = files.write('cert', '-----BEGIN CERTIFICATE-----\n');
    const key = files.write('key', '-----BEGIN PRIVATE KEY-----\n');
    expect(named(faultsOf({ REDIS_CERT_FILE: certificate }))).to.deep.equal(['REDIS_KEY']);
    expect(named(faultsOf({ REDIS_KEY_FILE: key }))).to.deep.equal(['REDIS_CERT']);
    const both = { REDIS_CERT_FILE: certificate, REDIS_KEY_FILE: key };
    expect(named(faultsOf({ ...both, REDIS_URL: 'redis://a:1' }))).to.deep.equal(['REDIS_CERT']);
    expect(faultsOf({ ...both, REDIS_URL: 'rediss://a:1' })).to.deep.equal([]);
  });
});
