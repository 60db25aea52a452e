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
    clouds: ['eks'],
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
                    { name: 'LOG_FORMAT' },
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
    title: 'CAs in the Secrets that operators write',
    values: `
database: { caSecret: { name: auth-db-ca, key: ca.crt } }
redis: { caSecret: { name: redis-tls, key: ca.crt } }`,
    clouds: ['aks'],
    output: {
      'ConfigMap/auth-database-ca': null,
      'ConfigMap/auth-redis-ca': null,
      'Deployment/auth-service': pods({}, [
        tmp,
        { name: 'migration-secrets' },
        { name: 'owner-secrets' },
        { name: 'database-ca', secret: { secretName: 'auth-db-ca', items: [item('ca.crt', 'ca.pem')] } },
        publicKeys,
        { name: 'secrets' },
        { name: 'redis-ca', secret: { secretName: 'redis-tls', items: [item('ca.crt', 'ca.pem')] } },
      ]),
      'CronJob/auth-service-purge': {
        spec: { jobTemplate: pods({}, [tmp, { name: 'secrets' }, { name: 'database-ca' }]) },
      },
    },
  },
  {
    title: 'files that the injector of Vault puts into the pods',
    values: `
migrations: { mode: job }
secrets:
  keys:
    db-url: { path: /vault/secrets/db-url }
    db-owner-url: { path: /vault/secrets/owner }
    redis-url: { path: /vault/secrets/redis-url }
    jwt-private-key: { path: /vault/secrets/private.pem }
    jwt-public-key: { path: /vault/secrets/public.pem }
patches:
  - target: { kind: Deployment|Job }
    patch: { spec: { template: { metadata: { annotations: { vault.hashicorp.com/agent-inject: "true" } } } } }
  - target: { kind: CronJob }
    patch: { spec: { jobTemplate: { spec: { template: { metadata: { annotations: { vault.hashicorp.com/agent-inject: "true" } } } } } } }`,
    clouds: ['gke'],
    output: {
      'Deployment/auth-service': pods({}, [tmp, publicKeys]),
      'CronJob/auth-service-purge': {
        spec: {
          jobTemplate: pods(
            {
              containers: [
                {
                  env: [
                    { name: 'DB_POOL_MAX' },
                    { name: 'DB_PREPARE' },
                    { name: 'DB_PRIMARY_DB_URL_FILE', value: '/vault/secrets/db-url' },
                    { name: 'ENV' },
                    { name: 'LOG_FORMAT' },
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
];
