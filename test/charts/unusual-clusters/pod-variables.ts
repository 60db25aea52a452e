import type { UnusualCluster } from './cluster.ts';

const apiOf = (container: object) => ({
  'Deployment/auth-service': { spec: { template: { spec: { containers: [container] } } } },
});

/** Variables that an operator adds. */
export const podVariables: readonly UnusualCluster[] = [
  {
    title: 'variables from a text, a field of the pod, a Secret and a ConfigMap that exist already',
    values: `extraEnv:
  - { name: HTTPS_PROXY, value: "http://proxy.example.com:3128" }
  - { name: POD_IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }
  - { name: OTEL_EXPORTER_OTLP_HEADERS, valueFrom: { secretKeyRef: { name: otel, key: headers } } }
  - { name: ACCESS_TOKEN_TTL, valueFrom: { configMapKeyRef: { name: platform, key: ttl } } }`,
    output: apiOf({
      env: {
        '-4': { name: 'HTTPS_PROXY', value: 'http://proxy.example.com:3128' },
        '-3': { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        '-2': {
          name: 'OTEL_EXPORTER_OTLP_HEADERS',
          valueFrom: { secretKeyRef: { name: 'otel', key: 'headers' } },
        },
        '-1': {
          name: 'ACCESS_TOKEN_TTL',
          valueFrom: { configMapKeyRef: { name: 'platform', key: 'ttl' } },
        },
      },
    }),
    clouds: ['gke'],
  },
  {
    title: 'a lifetime that nobody knows yet beside a known one that depends on it',
    values: `extraEnv: [{ name: SESSION_MAX_AGE, valueFrom: { configMapKeyRef: { name: platform, key: age } } }]
extraConfig: { REFRESH_TOKEN_TTL: 100d }`,
    output: apiOf({ env: { '-1': { name: 'SESSION_MAX_AGE' } } }),
    clouds: ['eks'],
  },
  {
    title: 'variables of whole objects, for the API and for the other processes',
    values: `envFrom: [{ secretRef: { name: otel }, prefix: OTEL_ }]
jobs:
  envFrom: [{ configMapRef: { name: proxy } }]
  extraEnv: [{ name: NODE_EXTRA_CA_CERTS, value: /etc/company/ca.pem }]
  extraVolumes: [{ name: ca, configMap: { name: company-ca } }]
  extraVolumeMounts: [{ name: ca, mountPath: /etc/company, readOnly: true }]`,
    output: {
      'Deployment/auth-service': {
        spec: {
          template: {
            spec: {
              containers: [{ envFrom: [{ secretRef: { name: 'otel' }, prefix: 'OTEL_' }] }],
              initContainers: [
                {
                  name: 'migrate',
                  envFrom: [{ configMapRef: { name: 'proxy' } }],
                  env: { '-1': { name: 'NODE_EXTRA_CA_CERTS', value: '/etc/company/ca.pem' } },
                  volumeMounts: { '-1': { name: 'ca', mountPath: '/etc/company', readOnly: true } },
                },
              ],
              volumes: { '-1': { name: 'ca', configMap: { name: 'company-ca' } } },
            },
          },
        },
      },
      'CronJob/auth-service-purge': {
        spec: {
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  containers: [
                    {
                      envFrom: [{ configMapRef: { name: 'proxy' } }],
                      env: { '-1': { name: 'NODE_EXTRA_CA_CERTS' } },
                    },
                  ],
                  volumes: { '-1': { name: 'ca' } },
                },
              },
            },
          },
        },
      },
    },
    clouds: ['aks'],
  },
  {
    title: 'variables that the charts set from other values, and one given twice',
    values: `extraEnv:
  - { name: DB_POOL_MAX, value: "5" }
  - { name: DB_PRIMARY_DB_URL, valueFrom: { secretKeyRef: { name: pg, key: url } } }
  - { name: REDIS_URL_FILE, value: /etc/redis }
  - { name: HASH_CONCURRENCY, value: "2" }
  - { name: TZ, value: UTC }
  - { name: TZ, value: Europe/Berlin }
jobs: { extraEnv: [{ name: DB_MIGRATION_URL, valueFrom: { secretKeyRef: { name: pg, key: url } } }] }`,
    refused: [
      'extraEnv[0].name: DB_POOL_MAX is set by the charts: use database.poolMax',
      'extraEnv[1].name: DB_PRIMARY_DB_URL is set by the charts',
      'extraEnv[2].name: REDIS_URL_FILE is set by the charts',
      'extraEnv[3].name: HASH_CONCURRENCY is set by the charts: use extraConfig.HASH_CONCURRENCY',
      'extraEnv[5].name: TZ is also the name of extraEnv[4]',
      'jobs.extraEnv[0].name: DB_MIGRATION_URL is set by the charts',
    ],
    clouds: ['eks'],
  },
  {
    title: 'a secret of the service as a text',
    values: 'extraEnv: [{ name: JWT_SECRET_KEY, value: 0aF7kq2LzvPw91Tn0aF7kq2LzvPw91Tn }]',
    refused: ['extraEnv[0].value: must not be the text of a secret: use valueFrom.secretKeyRef'],
    clouds: ['eks'],
  },
  {
    title: 'a text that the parser of the service refuses',
    values: 'extraEnv: [{ name: ACCESS_TOKEN_TTL, value: 10 minutes }]',
    refused: ['extraEnv[0].value: must be a duration such as 500ms, 3s, 15m, 12h or 30d, from 1s to 30d'],
    clouds: ['gke'],
  },
  {
    title: 'misspelt fields of variables, and a number without quotes',
    values: `extraEnv:
  - { name: PORT_OF_PROXY, value: 3128 }
  - { name: TOKEN, valueFrom: { secretKeyReff: { name: x, key: y } } }
envFrom: [{ configMap: { name: proxy } }]`,
    refused: [
      'extraEnv[0].value: must be text: put it in quotes',
      'extraEnv[1].valueFrom.secretKeyReff: is not a known field',
      'envFrom[0].configMap: is not a known field',
    ],
    clouds: ['eks'],
  },
];
