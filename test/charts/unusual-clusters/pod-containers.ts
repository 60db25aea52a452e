import type { UnusualCluster } from './cluster.ts';

/** As its documentation shows it, with what the gate demands of every container. */
const sqlProxy = `
    name: cloud-sql-proxy
    image: gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.15.0
    args: [--private-ip, --structured-logs, "project:region:instance"]
    resources:
      requests: { cpu: 100m, memory: 64Mi, ephemeral-storage: 16Mi }
      limits: { cpu: 500m, memory: 64Mi, ephemeral-storage: 64Mi }`;

/** The security context that the charts give a container which has none. */
const hardened = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsGroup: 10001,
  runAsNonRoot: true,
  runAsUser: 10001,
  seccompProfile: { type: 'RuntimeDefault' },
};

const podOf = (spec: object) => ({ 'Deployment/auth-service': { spec: { template: { spec } } } });

/** Containers, volumes and hooks that an operator adds. */
export const podContainers: readonly UnusualCluster[] = [
  {
    title: 'a proxy to the database as a sidecar, hardened as the container of the API is',
    values: `image: { pullPolicy: IfNotPresent }
sidecars:
  - ${sqlProxy.trim()}
    ports: [{ name: health, containerPort: 9801 }]
    readinessProbe: { httpGet: { path: /readiness, port: 9801 } }`,
    output: podOf({
      containers: [
        { name: 'auth-service', imagePullPolicy: 'IfNotPresent' },
        { name: 'cloud-sql-proxy', imagePullPolicy: 'Always', securityContext: hardened },
      ],
      initContainers: [{ name: 'migrate' }],
    }),
    clouds: ['gke'],
  },
  {
    title: 'a sidecar with a user of its own and without a group',
    values: `sidecars:
  - ${sqlProxy.trim()}
    securityContext: { runAsUser: 65532, runAsGroup: null }`,
    refused: [
      '31-deployment.yaml Deployment/auth-service: container cloud-sql-proxy must set securityContext.runAsGroup to an id above 10000 [run-as-user: KSV-0020, KSV-0021, KSV-0105, CKV_K8S_40, C-0211, kube-score container-security-context-user-group-id]',
    ],
    clouds: ['gke'],
  },
  {
    title: 'a native sidecar before the migration and in each Job',
    values: `kubernetesVersion: newest
initContainers:
  - ${sqlProxy.trim()}
    restartPolicy: Always
jobs:
  initContainers:
  - ${sqlProxy.trim()}
    restartPolicy: Always`,
    output: {
      ...podOf({
        initContainers: [{ name: 'cloud-sql-proxy', restartPolicy: 'Always' }, { name: 'migrate' }],
        containers: [{ name: 'auth-service' }],
      }),
      'CronJob/auth-service-purge': {
        spec: {
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  initContainers: [{ name: 'cloud-sql-proxy', restartPolicy: 'Always' }],
                  containers: [{ name: 'purge' }],
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
    title: 'a native sidecar on a cluster that does not know it',
    values: 'initContainers: [{ name: proxy, image: "proxy:1", restartPolicy: Always }]',
    refused: [
      'initContainers[0].restartPolicy: makes a native sidecar, which needs Kubernetes 1.29: set kubernetesVersion to newest, or use sidecars',
    ],
    clouds: ['eks'],
  },
  {
    title: 'a sidecar without what the gate demands',
    values: 'sidecars: [{ name: agent, image: "agent:latest", securityContext: { privileged: true } }]',
    refused: [
      '31-deployment.yaml Deployment/auth-service: container agent must use an image tag other than latest: agent:latest [image-pinned: KSV-0013, CKV_K8S_14, kube-score container-image-tag, polaris tagNotSpecified, kube-linter latest-tag]',
      '31-deployment.yaml Deployment/auth-service: container agent must set resources.requests.cpu [resources: KSV-0015, KSV-0016, KSV-0018, CKV_K8S_10, CKV_K8S_12, CKV_K8S_13, C-0271, kube-score container-resources]',
      '31-deployment.yaml Deployment/auth-service: container agent must set resources.requests.memory [resources: KSV-0015, KSV-0016, KSV-0018, CKV_K8S_10, CKV_K8S_12, CKV_K8S_13, C-0271, kube-score container-resources]',
      '31-deployment.yaml Deployment/auth-service: container agent must set resources.limits.memory [resources: KSV-0015, KSV-0016, KSV-0018, CKV_K8S_10, CKV_K8S_12, CKV_K8S_13, C-0271, kube-score container-resources]',
      '31-deployment.yaml Deployment/auth-service: container agent must set resources.limits.cpu [cpu-limit: KSV-0011, CKV_K8S_11, C-0270, kube-score container-resources]',
      '31-deployment.yaml Deployment/auth-service: container agent must set resources.requests.ephemeral-storage [ephemeral-storage: kube-score container-ephemeral-storage-request-and-limit]',
      '31-deployment.yaml Deployment/auth-service: container agent must set resources.limits.ephemeral-storage [ephemeral-storage: kube-score container-ephemeral-storage-request-and-limit]',
      '31-deployment.yaml Deployment/auth-service: container agent must set securityContext.privileged: false [privileged: KSV-0017, CKV_K8S_16, C-0057, polaris runAsPrivileged]',
    ],
    clouds: ['aks'],
  },
  {
    title: 'a sidecar with a port and without a readiness probe',
    values: `sidecars:
  - ${sqlProxy.trim()}
    ports: [{ name: health, containerPort: 9801 }]`,
    refused: [
      '31-deployment.yaml Deployment/auth-service: container cloud-sql-proxy must have a readinessProbe [probes: CKV_K8S_8, CKV_K8S_9, C-0018, C-0056, kube-score pod-probes, kube-score pod-probes-identical, polaris livenessProbeMissing, polaris readinessProbeMissing]',
    ],
    clouds: ['eks'],
  },
  {
    title: 'containers with names and ports of the charts, and a misspelt field',
    values: `sidecars:
  - { name: auth-service, image: "a:1" }
  - { name: identity, image: "a:1", ports: [{ containerPort: 8000 }] }
initContainers: [{ name: identity, image: "a:1" }]`,
    refused: [
      'sidecars[0].name: auth-service is a container of the charts: choose another name',
      'sidecars[1].name: identity is also the name of initContainers[0]',
      'sidecars[1].ports[0].containerPort: must not be 8000, the port http of the API: all containers of a pod share one address',
    ],
    clouds: ['aks'],
  },
  {
    title: 'misspelt fields in containers, volumes and hooks',
    values: `sidecars: [{ name: agent, image: "a:1", livnessProbe: {} }]
extraVolumes: [{ name: ca, configmap: { name: ca } }]
extraVolumeMounts: [{ name: ca, mountpath: /ca }]
lifecycle: { preStop: { exec: { comand: [sleep] } } }`,
    refused: [
      'extraVolumeMounts[0]: must have required property mountPath',
      'extraVolumeMounts[0].mountpath: is not a known field',
      'extraVolumes[0].configmap: is not a known field',
      'sidecars[0].livnessProbe: is not a known field',
      'lifecycle.preStop.exec.comand: is not a known field',
    ],
    clouds: ['eks'],
  },
  {
    title: 'a CA of the company for the parser of the service, from a volume that exists already',
    values: `extraVolumes: [{ name: ca, csi: { driver: secrets-store.csi.k8s.io, readOnly: true } }]
extraVolumeMounts: [{ name: ca, mountPath: /etc/company, readOnly: true }]
jobs:
  extraVolumes: [{ name: ca, csi: { driver: secrets-store.csi.k8s.io, readOnly: true } }]
  extraVolumeMounts: [{ name: ca, mountPath: /etc/company, readOnly: true }]
extraConfig: { DB_CA_FILE: /etc/company/ca.pem }`,
    output: podOf({
      containers: [{ volumeMounts: { '-1': { name: 'ca', mountPath: '/etc/company', readOnly: true } } }],
      volumes: { '-1': { name: 'ca', csi: { driver: 'secrets-store.csi.k8s.io' } } },
    }),
    clouds: ['aks'],
  },
  {
    title: 'volumes that hide those of the charts, and one that does not exist',
    values: `extraVolumes: [{ name: tmp, emptyDir: {} }, { name: ca, emptyDir: {} }, { name: ca, emptyDir: {} }]
extraVolumeMounts:
  - { name: ca, mountPath: /etc/auth }
  - { name: ca, mountPath: /etc/auth/secrets/more }
  - { name: nowhere, mountPath: /nowhere }
  - { name: ca, mountPath: /nowhere }
jobs: { extraVolumes: [{ name: ca, secret: { secretName: ca } }] }`,
    refused: [
      'extraVolumes[0].name: tmp is a volume of the charts: choose another name',
      'extraVolumes[2].name: ca is also the name of extraVolumes[1]',
      'extraVolumeMounts[0].mountPath: /etc/auth must not hide /etc/auth/secrets, a folder of the charts',
      'extraVolumeMounts[1].mountPath: /etc/auth/secrets/more must not hide /etc/auth/secrets, a folder of the charts',
      'extraVolumeMounts[2].name: nowhere is no volume: add it to extraVolumes',
      'extraVolumeMounts[3].mountPath: /nowhere is also the path of extraVolumeMounts[2]',
      'jobs.extraVolumes[0].name: ca is another volume in extraVolumes: choose another name',
    ],
    clouds: ['eks'],
  },
  {
    title: 'a hook that waits before the process drains',
    values: `lifecycle: { preStop: { exec: { command: [sleep, "5"] } } }
rollout: { gracePeriodSeconds: 80 }`,
    output: podOf({
      containers: [{ lifecycle: { preStop: { exec: { command: ['sleep', '5'] } } } }],
      initContainers: [{ name: 'migrate', lifecycle: null }],
    }),
    clouds: ['eks'],
  },
  {
    title: 'a hook that takes the time of the drain',
    values: 'kubernetesVersion: newest\nlifecycle: { preStop: { sleep: { seconds: 30 } } }',
    refused: [
      'rollout.gracePeriodSeconds: must be at least 95: lifecycle.preStop.sleep.seconds + rollout.drainDelay + rollout.shutdownTimeout + 5 s to close connections',
    ],
    clouds: ['eks'],
  },
];
