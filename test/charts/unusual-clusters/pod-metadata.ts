import type { UnusualCluster } from './cluster.ts';

const selected = 'must be removed, because objects and pods of the installation are selected by this label';

/** Labels and annotations that an organization demands. */
export const podMetadata: readonly UnusualCluster[] = [
  {
    title: 'labels and annotations of every object and every pod',
    values: `commonLabels:
  { team: identity, example.com/cost-center: "0123", app.kubernetes.io/managed-by: argocd, app.kubernetes.io/part-of: shop }
commonAnnotations: { example.com/owner: "Jane Doe <jane@example.com>" }
migrations: { mode: job }
administrator: { email: jane@example.com, username: jane.doe }`,
    output: {
      'Namespace/auth-system': {
        metadata: {
          labels: { team: 'identity', 'pod-security.kubernetes.io/enforce': 'restricted' },
          annotations: {
            'helm.sh/resource-policy': 'keep',
            'example.com/owner': 'Jane Doe <jane@example.com>',
          },
        },
      },
      'Deployment/auth-service': {
        metadata: { labels: { team: 'identity', 'app.kubernetes.io/managed-by': 'argocd' } },
        spec: {
          selector: { matchLabels: { app: 'auth-service', team: null } },
          template: {
            metadata: {
              labels: {
                app: 'auth-service',
                'auth-service/installation': 'auth-service',
                'app.kubernetes.io/part-of': 'shop',
                team: 'identity',
                'example.com/cost-center': '0123',
              },
              annotations: { 'example.com/owner': 'Jane Doe <jane@example.com>' },
            },
          },
        },
      },
      'CronJob/auth-service-purge': {
        metadata: { labels: { team: 'identity' } },
        spec: {
          jobTemplate: {
            metadata: { labels: { team: 'identity' } },
            spec: { template: { metadata: { labels: { team: 'identity' } } } },
          },
        },
      },
      'Job/auth-service-administrator-': {
        metadata: { labels: { team: 'identity' } },
        spec: { template: { metadata: { labels: { team: 'identity' } } } },
      },
      'Service/auth-service': {
        metadata: { labels: { team: 'identity' } },
        spec: { selector: { team: null } },
      },
      'ServiceMonitor/auth-service': { metadata: { labels: { team: 'identity' } } },
    },
    clouds: ['eks'],
  },
  {
    title: 'labels and annotations of the Deployment, of its pods, of the Service and of the namespace',
    values: `deploymentLabels: { tier: core }
deploymentAnnotations: { reloader.stakater.com/auto: true }
podLabels: { sidecar.istio.io/inject: true }
podAnnotations: { cluster-autoscaler.kubernetes.io/safe-to-evict: false }
service: { labels: { expose: "no" }, annotations: { service.kubernetes.io/topology-mode: Auto } }
namespace: { labels: { istio.io/rev: default }, annotations: { scheduler.alpha.kubernetes.io/node-selector: a=b } }
serviceAccount: { labels: { audited: "yes" } }`,
    output: {
      'Deployment/auth-service': {
        metadata: { labels: { tier: 'core' }, annotations: { 'reloader.stakater.com/auto': 'true' } },
        spec: {
          template: {
            metadata: {
              labels: { 'sidecar.istio.io/inject': 'true', tier: null },
              annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' },
            },
          },
        },
      },
      'Service/auth-service': {
        metadata: {
          labels: { expose: 'no' },
          annotations: {
            'service.kubernetes.io/topology-mode': 'Auto',
            'cloud.google.com/neg': '{"ingress": true}',
          },
        },
      },
      'Namespace/auth-system': {
        metadata: {
          labels: { 'istio.io/rev': 'default' },
          annotations: { 'scheduler.alpha.kubernetes.io/node-selector': 'a=b' },
        },
      },
      'ServiceAccount/auth-service': { metadata: { labels: { audited: 'yes' } } },
    },
    clouds: ['gke'],
  },
  {
    title: 'a service mesh without its sidecar in Jobs',
    values: `jobs:
  labels: { tier: batch }
  annotations: { example.com/alert: quiet }
  podLabels: { sidecar.istio.io/inject: "false" }
  podAnnotations: { linkerd.io/inject: disabled }
migrations: { mode: job }
backup: { enabled: true, claim: auth-backups, podLabels: { backup: "yes" } }`,
    output: {
      'CronJob/auth-service-backup': {
        metadata: { labels: { tier: 'batch' }, annotations: { 'example.com/alert': 'quiet' } },
        spec: {
          jobTemplate: {
            metadata: { labels: { tier: 'batch' }, annotations: { 'example.com/alert': 'quiet' } },
            spec: {
              template: {
                metadata: {
                  labels: { 'sidecar.istio.io/inject': 'false', backup: 'yes', tier: null },
                  annotations: { 'linkerd.io/inject': 'disabled' },
                },
              },
            },
          },
        },
      },
      'Job/auth-service-restore-': {
        metadata: { labels: { tier: 'batch' } },
        spec: { template: { metadata: { labels: { 'sidecar.istio.io/inject': 'false' } } } },
      },
      'Deployment/auth-service': {
        spec: { template: { metadata: { labels: { 'sidecar.istio.io/inject': null } } } },
      },
    },
    clouds: ['aks'],
  },
  {
    title: 'a folder of dashboards whose name has spaces',
    values: 'monitoring: { dashboards: { annotations: { grafana_folder: Identity and access } } }',
    output: {
      'ConfigMap/auth-service-dashboard-overview': {
        metadata: { annotations: { grafana_folder: 'Identity and access' } },
      },
    },
    clouds: ['eks'],
  },
  {
    title: 'keys of the values without a value',
    values: `commonLabels:
podAnnotations:
extraEnv:
sidecars: null
lifecycle: ~
hostAliases:
scheduling: { tolerations: null, nodeSelector: null }
serviceAccount: { annotations: null, imagePullSecrets: null }
jobs: { podLabels: null, scheduling: { nodeSelector: null } }`,
    output: {
      'Deployment/auth-service': {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'auth-service', lifecycle: null }],
              nodeSelector: null,
              hostAliases: null,
            },
          },
        },
      },
    },
    clouds: ['gke'],
  },
  {
    title: 'labels by which the charts select',
    values: `commonLabels: { app: other, auth-service/installation: other }
podLabels: { app.kubernetes.io/component: web, pod-template-hash: x }
jobs: { podLabels: { app.kubernetes.io/name: other, batch.kubernetes.io/job-name: x } }
backup: { podLabels: { app.kubernetes.io/instance: other } }`,
    refused: [
      `commonLabels.app: ${selected}`,
      `commonLabels.auth-service/installation: ${selected}`,
      `podLabels.app.kubernetes.io/component: ${selected}`,
      `podLabels.pod-template-hash: ${selected}`,
      `jobs.podLabels.app.kubernetes.io/name: ${selected}`,
      `jobs.podLabels.batch.kubernetes.io/job-name: ${selected}`,
      `backup.podLabels.app.kubernetes.io/instance: ${selected}`,
    ],
    clouds: ['eks'],
  },
  {
    title: 'an annotation of the Service that GKE reads from the charts',
    values: `service: { annotations: { cloud.google.com/neg: "{}" } }`,
    refused: ['service.annotations.cloud.google.com/neg: must be removed; the charts set it'],
    clouds: ['gke'],
  },
  {
    title: 'labels and annotations that Kubernetes does not accept',
    values: `podLabels:
  team: identity and access
  a/b/c: x
  Example.com/team: x
  example.com/: x
  ${'k'.repeat(64)}: x
  -edge: x
  long: ${'v'.repeat(64)}
  port: 9464
  list: [x]
podAnnotations:
  "with space": x
  Example.com/Free: "any text, also with ä and \\n"
  version: 1.10`,
    refused: [
      'podLabels.team: must be the value of a label: letters, digits, -, _ and ., with a letter or digit at both ends',
      'podLabels.a/b/c: must be a key with one slash at most, such as example.com/team',
      'podLabels.Example.com/team: must have a DNS name in lower case before the slash, such as example.com/team',
      'podLabels.example.com/: must be a key of letters, digits, -, _ and ., with a letter or digit at both ends',
      `podLabels.${'k'.repeat(64)}: must be a key of at most 63 characters, not counting a prefix such as example.com/`,
      'podLabels.-edge: must be a key of letters, digits, -, _ and ., with a letter or digit at both ends',
      'podLabels.long: must have at most 63 characters',
      'podLabels.port: must be text: put a number in quotes, or use --set-string',
      'podLabels.list: must be text: put a number in quotes, or use --set-string',
      'podAnnotations.with space: must be a key of letters, digits, -, _ and ., with a letter or digit at both ends',
      'podAnnotations.version: must be text: put a number in quotes, or use --set-string',
    ],
    clouds: ['eks'],
  },
  {
    title: 'more annotations than Kubernetes stores',
    values: `podAnnotations: { large: ${'x'.repeat(256 * 1024)} }`,
    refused: [
      'podAnnotations: must have at most 256 KiB: Kubernetes accepts no more annotations of an object',
    ],
    clouds: ['eks'],
  },
];
