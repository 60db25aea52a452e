import type { UnusualCluster } from './cluster.ts';

const digest = `sha256:${'0a'.repeat(32)}`;
const apiOf = (container: object) => ({
  'Deployment/auth-service': { spec: { template: { spec: { containers: [container] } } } },
});

/** Where images come from, and when a node asks for them. */
export const podImages: readonly UnusualCluster[] = [
  {
    title: 'a mirror of every registry, also for backups',
    values: `image: { registry: mirror.example.com:5000/proxy }
backup: { enabled: true, claim: auth-backups }`,
    output: {
      'Deployment/auth-service': {
        spec: {
          template: {
            spec: {
              containers: [{ image: 'mirror.example.com:5000/proxy/auth-service:1.0.0' }],
              initContainers: [{ image: 'mirror.example.com:5000/proxy/auth-service:1.0.0' }],
            },
          },
        },
      },
      'CronJob/auth-service-backup': {
        spec: {
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  containers: [{ image: 'mirror.example.com:5000/proxy/auth-service-backup:1.0.0' }],
                },
              },
            },
          },
        },
      },
    },
    clouds: ['eks'],
  },
  {
    title: 'a registry in front of a repository without one',
    values: 'image: { registry: registry.example.com, repository: identity/auth }',
    output: apiOf({ image: 'registry.example.com/identity/auth:1.0.0' }),
    clouds: ['gke'],
  },
  {
    title: 'nodes that restart pods while the registry is away',
    values: `image: { digest: "${digest}" }`,
    output: apiOf({ imagePullPolicy: 'IfNotPresent' }),
    clouds: ['aks'],
  },
  {
    title: 'a registry that checks the pull Secret of each pod',
    values: `image: { digest: "${digest}", pullPolicy: Always }`,
    output: apiOf({ imagePullPolicy: 'Always' }),
    clouds: ['eks'],
  },
  {
    title: 'images that were loaded into the nodes',
    values: 'image: { pullPolicy: Never, repository: localhost/auth-service }',
    output: apiOf({ image: 'localhost/auth-service:1.0.0', imagePullPolicy: 'Never' }),
    clouds: ['gke'],
  },
  {
    title: 'pull Secrets as names and in the form of Kubernetes',
    values: 'image: { pullSecrets: [one, { name: two }] }',
    output: {
      'Deployment/auth-service': {
        spec: { template: { spec: { imagePullSecrets: [{ name: 'one' }, { name: 'two' }] } } },
      },
    },
    clouds: ['eks'],
  },
  {
    title: 'a registry with its protocol, and a pull Secret in upper case',
    values: 'image: { registry: "https://registry.example.com", pullSecrets: [Registry] }',
    refused: [
      'image.registry: must be a registry such as registry.example.com, with a path or without',
      'image.pullSecrets[0]: must be a name of Kubernetes: at most 253 lower case letters, digits, - and ., with a letter or digit at both ends',
    ],
    clouds: ['eks'],
  },
  {
    title: 'a repository as a URL',
    values: 'image: { repository: "https://registry.corp.io:5000/auth-service" }',
    refused: [
      'image.repository: must be a repository such as registry.example.com/auth-service, without https://, tag or digest',
    ],
    clouds: ['eks'],
  },
];
