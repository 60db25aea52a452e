import { expect } from 'chai';
import { checkValues } from '../../charts-ts/checks/check-values.ts';
import { documentsOf, type Loose, only, valuesOf } from './support/synthesized.ts';

/** The message of the refusal, or an empty text. */
function refusalOf(sets: string): string {
  try {
    checkValues(valuesOf('eks', sets));
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('charts: Redis', () => {
  it('gets a client certificate and the password of its sentinels from the mounted Secret', () => {
    const documents = documentsOf(
      'eks',
      'redis.clientCertificate=true,redis.sentinelPort=26379,redis.sentinelPassword=true',
    );
    const { spec } = only(documents, 'Deployment', 'auth-service').spec.template;
    const [{ env }] = spec.containers;
    const files = Object.fromEntries(env.map(({ name, value }: Record<string, string>) => [name, value]));
    expect(files).to.include({
      REDIS_CERT_FILE: '/etc/auth/secrets/redis-cert',
      REDIS_KEY_FILE: '/etc/auth/secrets/redis-key',
      REDIS_SENTINEL_PASSWORD_FILE: '/etc/auth/secrets/redis-sentinel-password',
    });
    const { secret } = spec.volumes.find(({ name }: { name: string }) => name === 'secrets');
    const keys = secret.items.map(({ key }: { key: string }) => key);
    expect(keys).to.include.members(['redis-cert', 'redis-key', 'redis-sentinel-password']);
  });

  it('may be reached on the port of the sentinels too, but only where there are some', () => {
    const objectsOf = (...sets: string[]): Loose[] => documentsOf('eks', ...sets).map(({ object }) => object);
    const portsOf = (...sets: string[]) =>
      objectsOf(...sets)
        .filter(({ kind }) => kind === 'NetworkPolicy')
        .flatMap(({ spec }) => spec.egress ?? [])
        .flatMap(({ ports }: Loose) => ports.map(({ port }: Loose) => port));
    expect(portsOf('redis.sentinelPort=26379')).to.include(26_379);
    expect(portsOf()).not.to.include(26_379);
  });

  for (const [sets, fault] of [
    [
      'redis.tls=false,redis.clientCertificate=true',
      'redis.clientCertificate: must be false, because redis.tls is false',
    ],
    [
      'redis.sentinelPassword=true',
      'redis.sentinelPort: must be set, because redis.sentinelPassword is true',
    ],
  ] as const) {
    it(`is refused with ${sets}`, () => {
      expect(refusalOf(sets)).to.equal(fault);
    });
  }
});
