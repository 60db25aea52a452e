import type { UnusualCluster } from './cluster.ts';

/** Values of secrets that contradict each other, or that would show a secret to the wrong container. */
export const secretMistakes: readonly UnusualCluster[] = [
  {
    title: 'a CA twice, and one for a Redis without TLS',
    values: `
database: { ca: "-----BEGIN CERTIFICATE-----", caSecret: { name: auth-db-ca, key: ca.crt } }
redis: { tls: false, caSecret: { name: redis-tls, key: ca.crt } }`,
    clouds: ['gke'],
    refused: [
      'database.caSecret: must be null, because database.ca contains the CA',
      'redis.caSecret: must be null, because redis.tls is false',
    ],
  },
  {
    title: 'files that nothing puts into the pods',
    values: 'secrets: { delivery: env, keys: { redis-url: { path: /vault/secrets/redis-url } } }',
    clouds: ['aks'],
    refused: ['aks: container auth-service: REDIS_URL_FILE names a file that cannot be read'],
  },
  {
    title: 'a path beside a key',
    values: 'secrets: { keys: { redis-url: { path: /csi/redis, key: url } } }',
    clouds: ['eks'],
    refused: ['secrets.keys.redis-url: must have either path, or name and key'],
  },
  {
    title: 'a file of the owner that the API would see',
    values: 'secrets: { keys: { db-owner-url: { path: /csi/owner } } }',
    clouds: ['eks'],
    refused: [
      'secrets.keys.db-owner-url.path: needs migrations.mode job, because every container of a pod sees such a file',
    ],
  },
  {
    title: 'the URL of the owner in the Secret that the API mounts',
    values: 'secrets: { keys: { db-owner-url: { name: auth-secrets, key: owner } } }',
    clouds: ['eks'],
    refused: [
      'secrets.keys.db-owner-url.name: must not be the Secret of db-url, because other containers than the migration see that Secret',
    ],
  },
  {
    title: 'a URL of the owner and one role for everything',
    values: 'secrets: { ownerName: null, keys: { db-owner-url: { key: owner } } }',
    clouds: ['eks'],
    refused: [
      'secrets.keys.db-owner-url: must be removed, because secrets.ownerName is null, which means one role for everything',
    ],
  },
  {
    title: 'a key of a secret that these values do not need',
    values: 'secrets: { keys: { jwt-secret: { name: hs256 } } }',
    clouds: ['eks'],
    refused: ['secrets.keys.jwt-secret: must be removed, because these values need no jwt-secret'],
  },
  {
    title: 'a misspelt secret, and a name that no Secret can have',
    values: 'secrets: { keys: { db_url: { key: uri }, redis-url: { name: Redis_Main, key: a/b } } }',
    clouds: ['eks'],
    refused: [
      'secrets.keys.redis-url.name: must be the name of a Secret: lower case letters, digits, - and .',
      'secrets.keys.redis-url.key: must be a key of a Secret: letters, digits, -, _ and . only',
      'secrets.keys.db_url: is not a known key',
    ],
  },
];
