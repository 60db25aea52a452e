import type { UnusualCluster } from './cluster.ts';

const pods = (containers: object, volumes: object) => ({
  spec: { template: { spec: { ...containers, volumes } } },
});

/** The items of a volume whose files have the names of the secrets. */
const item = (key: string, path = key) => ({ key, path });
const tmp = { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } };
const publicKeys = { name: 'public-keys', configMap: { name: 'auth-jwt-public-keys' } };
const jwt = [item('jwt-private-key'), item('jwt-public-key')];

const operators = `
secrets:
  keys:
    db-url: { name: auth-db-app, key: uri }
    db-owner-url: { name: auth-db-superuser, key: uri }
    redis-url: { name: redis.auth.credentials, key: REDIS_URL }`;

/** Secrets that operators of Postgres and Redis write, or whose keys another team has named. */
export const secrets: readonly UnusualCluster[] = [
  {
    title: 'Secrets of CloudNativePG and of an operator of Redis, with names and keys of their own',
    values: operators,
    output: {
      'Deployment/auth-service': pods({}, [
        tmp,
        {
          name: 'migration-secrets',
          secret: { secretName: 'auth-db-app', defaultMode: 0o440, items: [item('uri', 'db-url')] },
        },
        {
          name: 'owner-secrets',
          secret: { secretName: 'auth-db-superuser', items: [item('uri', 'db-owner-url')] },
        },
        publicKeys,
        {
          name: 'secrets',
          secret: null,
          projected: {
            defaultMode: 0o440,
            sources: [
              { secret: { name: 'auth-db-app', items: [item('uri', 'db-url')] } },
              { secret: { name: 'redis.auth.credentials', items: [item('REDIS_URL', 'redis-url')] } },
              { secret: { name: 'auth-secrets', items: jwt } },
            ],
          },
        },
      ]),
      'CronJob/auth-service-purge': {
        spec: {
          jobTemplate: pods({}, [
            tmp,
            { name: 'secrets', secret: { secretName: 'auth-db-app', items: [item('uri', 'db-url')] } },
          ]),
        },
      },
    },
  },
  {
    title: 'the same Secrets as environment variables',
    values: `${operators}\n  delivery: env`,
    clouds: ['gke'],
    output: {
      'CronJob/auth-service-purge': {
        spec: {
          jobTemplate: pods(
            {
              containers: [
                {
                  env: [
                    { name: 'DB_POOL_MAX' },
                    { name: 'DB_PREPARE' },
                    {
                      name: 'DB_PRIMARY_DB_URL',
                      value: null,
                      valueFrom: { secretKeyRef: { name: 'auth-db-app', key: 'uri' } },
                    },
                    { name: 'ENV' },
                    { name: 'LOG_LEVEL' },
                  ],
                },
              ],
            },
            [tmp],
          ),
        },
      },
    },
  },
  {
    title: 'one Secret whose keys are in capitals',
    values: 'secrets: { name: auth, keys: { db-url: { key: DATABASE_URL }, redis-url: { key: REDIS_URL } } }',
    clouds: ['aks'],
    output: {
      'Deployment/auth-service': pods({}, [
        tmp,
        {
          name: 'migration-secrets',
          secret: { secretName: 'auth', items: [item('DATABASE_URL', 'db-url')] },
        },
        { name: 'owner-secrets' },
        publicKeys,
        {
          name: 'secrets',
          projected: null,
          secret: {
            secretName: 'auth',
            items: [item('DATABASE_URL', 'db-url'), item('REDIS_URL', 'redis-url'), ...jwt],
          },
        },
      ]),
    },
  },
  {
    title: 'keys of backups and a password of the administrator in Secrets of others',
    values: `
administrator: { email: jane@example.com, username: jane.doe }
backup: { enabled: true, remote: "s:auth", hasRcloneFile: true, egress: [{ peers: [{ cidr: 192.0.2.0/24 }], port: 443 }] }
secrets:
  keys:
    backup-key: { name: vault-backup, key: hmac }
    rclone.conf: { name: vault-rclone }
    administrator-password: { name: vault-admin, key: value }`,
    clouds: ['gke'],
    output: {
      'CronJob/auth-service-backup': {
        spec: {
          jobTemplate: pods({}, [
            tmp,
            { name: 'secrets' },
            { name: 'owner-secrets' },
            {
              name: 'backup-keys',
              projected: {
                sources: [
                  { secret: { name: 'vault-backup', items: [item('hmac', 'backup-key')] } },
                  { secret: { name: 'vault-rclone', items: [item('rclone.conf')] } },
                ],
              },
            },
          ]),
        },
      },
      'Job/auth-service-administrator-': pods({}, [
        tmp,
        { name: 'secrets' },
        { name: 'administrator', secret: { secretName: 'vault-admin', items: [item('value', 'password')] } },
      ]),
    },
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
