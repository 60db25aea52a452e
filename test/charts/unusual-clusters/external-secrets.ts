import type { UnusualCluster } from './cluster.ts';

const source = 'source: external';
const ofStore = (key: string) => ({ secretKey: key, remoteRef: { key: `auth-service/${key}` } });
const vault = 'store: { kind: ClusterSecretStore, name: vault }';

/** Stores of secrets that exist already, of any provider. */
export const externalSecrets: readonly UnusualCluster[] = [
  {
    title: 'a ClusterSecretStore of Vault, with properties and a version',
    values: `
secrets:
  ${source}
  external:
    ${vault}
    refreshInterval: 10m
    remoteRefs:
      db-url: { key: prod/auth, property: db_url }
      redis-url: { key: prod/auth, property: redis_url, version: "3" }
      db-owner-url: { key: prod/auth-owner, property: url }
      jwt-private-key: { key: prod/jwt, property: private }
      jwt-public-key: { key: prod/jwt, property: public }`,
    output: {
      'SecretStore/auth-service-secrets': null,
      'ServiceAccount/auth-service-secrets': null,
      'ExternalSecret/auth-secrets': {
        spec: {
          refreshInterval: '10m',
          secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
          dataFrom: null,
          data: [
            { secretKey: 'db-url', remoteRef: { key: 'prod/auth', property: 'db_url', version: null } },
            { secretKey: 'redis-url', remoteRef: { key: 'prod/auth', property: 'redis_url', version: '3' } },
            { secretKey: 'jwt-private-key', remoteRef: { key: 'prod/jwt', property: 'private' } },
            { secretKey: 'jwt-public-key', remoteRef: { key: 'prod/jwt', property: 'public' } },
          ],
        },
      },
      'ExternalSecret/auth-owner-secrets': {
        spec: {
          secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
          data: [{ secretKey: 'db-owner-url', remoteRef: { key: 'prod/auth-owner', property: 'url' } }],
        },
      },
    },
  },
  {
    title: 'a SecretStore of the namespace that returns everything at once',
    values: `
secrets:
  ${source}
  external:
    store: { kind: SecretStore, name: team }
    dataFrom: [{ extract: { key: prod/auth } }]
    remoteRefs: { redis-url: { key: prod/redis } }`,
    clouds: ['gke'],
    output: {
      'ExternalSecret/auth-secrets': {
        spec: {
          secretStoreRef: { kind: 'SecretStore', name: 'team' },
          dataFrom: [{ extract: { key: 'prod/auth' } }],
          data: [{ secretKey: 'redis-url', remoteRef: { key: 'prod/redis' } }],
        },
      },
      'ExternalSecret/auth-owner-secrets': {
        spec: {
          dataFrom: null,
          data: [{ secretKey: 'db-owner-url', remoteRef: { key: 'auth-service-db-owner-url' } }],
        },
      },
    },
  },
  {
    title: 'a URL that a template makes of a user and a password',
    values: `
secrets:
  ${source}
  external:
    ${vault}
    remoteRefs: { user: { key: prod/db, property: user }, password: { key: prod/db, property: password } }
    template:
      data:
        db-url: "postgresql://{{ .user }}:{{ .password }}@db.internal:5432/auth"`,
    clouds: ['eks'],
    output: {
      'ExternalSecret/auth-secrets': {
        spec: {
          target: {
            name: 'auth-secrets',
            template: {
              data: { 'db-url': 'postgresql://{{ .user }}:{{ .password }}@db.internal:5432/auth' },
            },
          },
          data: [
            ofStore('redis-url'),
            ofStore('jwt-private-key'),
            ofStore('jwt-public-key'),
            { secretKey: 'user', remoteRef: { key: 'prod/db', property: 'user' } },
            { secretKey: 'password', remoteRef: { key: 'prod/db', property: 'password' } },
          ],
        },
      },
    },
  },
  {
    title: 'a store for what no operator of the cluster writes itself',
    values: `
secrets:
  ${source}
  keys: { db-url: { name: auth-db-app, key: uri }, db-owner-url: { name: auth-db-owner, key: uri } }
  external: { ${vault} }`,
    clouds: ['eks'],
    output: {
      'ExternalSecret/auth-db-app': null,
      'ExternalSecret/auth-db-owner': null,
      'ExternalSecret/auth-owner-secrets': null,
      'ExternalSecret/auth-secrets': {
        spec: { data: [ofStore('redis-url'), ofStore('jwt-private-key'), ofStore('jwt-public-key')] },
      },
    },
  },
  {
    title: 'an External Secrets Operator that is older than version 1 of its API',
    values: `
secrets: { ${source}, external: { ${vault} } }
patches:
  - target: { kind: ExternalSecret }
    patch: [{ op: replace, path: /apiVersion, value: external-secrets.io/v1beta1 }]`,
    clouds: ['eks'],
    output: {
      'ExternalSecret/auth-secrets': { apiVersion: 'external-secrets.io/v1beta1' },
      'ExternalSecret/auth-owner-secrets': { apiVersion: 'external-secrets.io/v1beta1' },
    },
  },
  {
    title: 'a misspelt field of a reference',
    values: `
secrets:
  ${source}
  external: { ${vault}, remoteRefs: { db-url: { key: prod/auth, propperty: url } } }`,
    clouds: ['eks'],
    refused: [
      '13-external-secrets.yaml ExternalSecret/auth-secrets: spec.data[0].remoteRef.propperty is not a known field [schema]',
    ],
  },
  {
    title: 'a store that nothing reads, because the Secret exists',
    values: `secrets: { external: { ${vault} } }`,
    clouds: ['eks'],
    refused: ['secrets.external.store: must be removed, because secrets.source is existing and not external'],
  },
  {
    title: 'a kind of store that the operator does not have',
    values: `secrets: { ${source}, external: { store: { kind: VaultStore, name: vault } } }`,
    clouds: ['eks'],
    refused: ['secrets.external.store.kind: must be one of SecretStore, ClusterSecretStore'],
  },
];
