import { expect } from 'chai';
import { documentsOf, type Loose } from './support/synthesized.ts';

/** What each command reads of the secrets, by the variables that docs/configuration.md lists for it. */
const read: Readonly<Record<string, readonly string[]>> = {
  'keep-port': [],
  serve: ['db-url', 'jwt-private-key', 'jwt-public-key', 'redis-url'],
  migrate: ['db-owner-url', 'db-url'],
  purge: ['db-url'],
  admin: ['db-url', 'password', 'redis-url'],
  backup: ['backup-key', 'db-owner-url', 'db-url'],
  restore: ['age-identity', 'backup-key', 'db-owner-url', 'db-url'],
};

const podOf = ({ kind, spec }: Loose): Loose =>
  (kind === 'CronJob' ? spec.jobTemplate.spec : spec)?.template?.spec;

/** The secrets that a container sees: the files of its mounts, and the keys of its variables. */
function secretsOf(pod: Loose, { env, volumeMounts = [] }: Loose): string[] {
  const files = volumeMounts.flatMap(({ name }: Loose) => {
    const { projected, secret } = pod.volumes.find((volume: Loose) => volume.name === name);
    const parts = [secret, ...(projected?.sources ?? []).map((source: Loose) => source.secret)].filter(
      Boolean,
    );
    // A Secret without items is mounted with all its keys.
    return parts.flatMap((part: Loose) => part.items?.map(({ path }: Loose) => path) ?? ['everything']);
  });
  const keys = env.flatMap(({ valueFrom }: Loose) => valueFrom?.secretKeyRef?.key ?? []);
  return [...files, ...keys].sort();
}

describe('charts: the secrets of a command', () => {
  for (const delivery of ['files', 'env'])
    for (const mode of ['initContainer', 'job'])
      it(`are those that it reads (${delivery}, ${mode}), so that no migration and no purge sees a signing key`, () => {
        const documents = documentsOf(
          'eks',
          `secrets.delivery=${delivery},migrations.mode=${mode}`,
          'administrator.email=jane@example.com,administrator.username=jane.doe',
          'backup.enabled=true,backup.claim=backups,backup.drill.enabled=true',
          'backup.ageRecipients={age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p}',
        );
        const found = documents.flatMap(({ object }: Loose) => {
          const pod = podOf(object);
          const containers = pod ? [...(pod.initContainers ?? []), ...pod.containers] : [];
          return containers.map((one: Loose) => [one.args?.[0] ?? 'serve', secretsOf(pod, one)]);
        });
        expect(new Set(found.map(([command]) => command))).to.have.keys(Object.keys(read));
        for (const [command, secrets] of found) expect(secrets, command).to.deep.equal(read[command]);
      });
});
