import type { UnusualCluster } from './cluster.ts';

const refused = (title: string, yaml: string, ...lines: string[]): UnusualCluster => ({
  title,
  values: `patches:\n  - ${yaml}`,
  clouds: ['eks'],
  refused: lines,
});

/** Changes for which no value exists. */
export const patches: readonly UnusualCluster[] = [
  {
    title: 'a field that no value has, in every pod template, by a strategic merge patch',
    values: `
patches:
  - target: { kind: Deployment, name: auth-service }
    patch:
      spec:
        template:
          spec:
            shareProcessNamespace: true
            containers:
              - name: auth-service
                env:
                  - { name: NODE_EXTRA_CA_CERTS, value: /etc/auth/database-ca/ca.pem }
            terminationGracePeriodSeconds: null
  - target: { kind: CronJob }
    patch: { spec: { jobTemplate: { spec: { template: { metadata: { labels: { mesh: "off" } } } } } } }`,
    output: {
      'Deployment/auth-service': {
        spec: {
          minReadySeconds: 10,
          template: { spec: { shareProcessNamespace: true, terminationGracePeriodSeconds: null } },
        },
      },
      'CronJob/auth-service-purge': {
        spec: {
          jobTemplate: {
            spec: { template: { metadata: { labels: { app: 'auth-service-purge', mesh: 'off' } } } },
          },
        },
      },
    },
  },
  {
    title: 'operations of JSON 6902 as text, as a kustomization has them',
    values: `
patches:
  - target: { group: "", version: v1, kind: Service }
    patch: |-
      - op: add
        path: /spec/sessionAffinity
        value: ClientIP
      - op: add
        path: /spec/ports/0/appProtocol
        value: http`,
    output: {
      'Service/auth-service': {
        spec: {
          sessionAffinity: 'ClientIP',
          ports: [
            { name: 'http', port: 8000, appProtocol: 'http' },
            { name: 'metrics', port: 9464 },
          ],
        },
      },
    },
  },
  {
    title: 'an object that nobody wants, by the labels of it',
    values: `
patches:
  - target: { labelSelector: "app.kubernetes.io/component in (purge)" }
    patch: { $patch: delete }`,
    output: { 'CronJob/auth-service-purge': null, 'Deployment/auth-service': {} },
  },
  {
    title: 'a patch that names its object itself, and changes what an earlier patch has added',
    values: `
patches:
  - patch: { apiVersion: v1, kind: ServiceAccount, metadata: { name: auth-service, annotations: { team: a, tier: b } } }
  - patch: { apiVersion: v1, kind: ServiceAccount, metadata: { name: auth-service, annotations: { team: null } } }`,
    clouds: ['gke'],
    output: { 'ServiceAccount/auth-service': { metadata: { annotations: { team: null, tier: 'b' } } } },
  },
  {
    title: 'a list of a custom resource, which is replaced',
    values: `
patches:
  - target: { kind: ServiceMonitor }
    patch: { spec: { endpoints: [{ port: metrics, path: /metrics, scrapeTimeout: 5s }] } }`,
    clouds: ['aks'],
    output: {
      'ServiceMonitor/auth-service': {
        spec: { endpoints: [{ port: 'metrics', scrapeTimeout: '5s', interval: null }] },
      },
    },
  },
  {
    title: 'a Job that an operator runs by hand',
    values: `
administrator: { email: jane@example.com, username: jane.doe }
patches:
  - target: { kind: Job, name: auth-service-administrator-.* }
    patch: { spec: { ttlSecondsAfterFinished: 600 } }`,
    clouds: ['eks'],
    output: { 'Job/auth-service-administrator-': { spec: { ttlSecondsAfterFinished: 600 } } },
  },
  refused(
    'a target that does not exist',
    '{ target: { kind: Deployment, name: auth }, patch: { spec: { replicas: 2 } } }',
    'patches[0].target: matches no object: there is Deployment/auth-service',
  ),
  refused(
    'a misspelt kind',
    '{ target: { kind: Deploymnt }, patch: { spec: { replicas: 2 } } }',
    'patches[0].target: matches no object: the kinds are ConfigMap, CronJob, Deployment, HorizontalPodAutoscaler, Ingress, Namespace, NetworkPolicy, PodDisruptionBudget, PriorityClass, PrometheusRule, Service, ServiceAccount, ServiceMonitor',
  ),
  refused(
    'an empty target',
    '{ target: {}, patch: { spec: { replicas: 2 } } }',
    'patches[0].target: must name what the patch is for, such as {kind: Deployment}',
  ),
  refused(
    'no target and no name',
    '{ patch: { spec: { replicas: 2 } } }',
    'patches[0].target: is required, unless the patch is a map with kind and metadata.name',
  ),
  refused(
    'an operation on a path that does not exist',
    '{ target: { kind: Service }, patch: [{ op: replace, path: /spec/port, value: 1 }] }',
    'patches[0].patch[0]: /spec/port does not exist in the object (Service/auth-service)',
  ),
  refused(
    'an operation that JSON 6902 does not have',
    '{ target: { kind: Service }, patch: [{ op: set, path: /spec/port, value: 1 }] }',
    'patches[0].patch[0].op: must be an operation with op (add, remove, replace, move, copy, test), path (a JSON pointer), from and value',
  ),
  refused(
    'a container without its name',
    '{ target: { kind: Deployment }, patch: { spec: { template: { spec: { containers: [{ image: a:1 }] } } } } }',
    'patches[0].patch.spec.template.spec.containers[0]: must have name, which identifies the items of the list (Deployment/auth-service)',
  ),
  refused(
    'a map where the object has a list',
    '{ target: { kind: Deployment }, patch: { spec: { template: { spec: { containers: { auth-service: {} } } } } } }',
    'patches[0].patch.spec.template.spec.containers: must be a list, as in the object (Deployment/auth-service)',
  ),
  refused(
    'a field that does not exist',
    '{ target: { kind: Service }, patch: { spec: { sessionAfinity: ClientIP } } }',
    '20-service.yaml Service/auth-service: spec.sessionAfinity is not a known field [schema]',
  ),
  refused(
    'a patch as text with a mistake',
    '{ target: { kind: Service }, patch: "spec: {" }',
    'patches[0].patch: Flow map in block collection must be sufficiently indented and end with a } at line 1, column 8:',
  ),
  refused(
    'two documents in one patch',
    '{ target: { kind: Service }, patch: "spec: {}\\n---\\nspec: {}\\n" }',
    'patches[0].patch: must be one YAML document; give each further one an item of patches of its own',
  ),
  refused(
    'a new name that another object has',
    '{ target: { kind: ConfigMap, name: auth-jwt-public-keys }, patch: [{ op: replace, path: /metadata/name, value: auth-service-config }] }',
    'patches[0]: makes two objects ConfigMap/auth-service-config',
  ),
  refused(
    'a selector that cannot be read',
    '{ target: { labelSelector: "app in auth" }, patch: { spec: {} } }',
    'patches[0].target.labelSelector: must be a selector such as app.kubernetes.io/component=api',
  ),
  refused(
    'a key of Kustomize that reads a file',
    '{ target: { kind: Service }, path: service.yaml, patch: { spec: {} } }',
    'patches[0].path: is not a known key',
  ),
  refused(
    'a directive of kubectl apply',
    '{ target: { kind: Service }, patch: { spec: { $retainKeys: [ports] } } }',
    'patches[0].patch.spec.$retainKeys: is not supported; the only directive is $patch (Service/auth-service)',
  ),
  refused(
    'a weakened container',
    '{ target: { kind: Deployment }, patch: { spec: { template: { spec: { hostNetwork: true } } } } }',
    '31-deployment.yaml Deployment/auth-service: must not set hostNetwork [host-access: KSV-0008, KSV-0009, KSV-0010, KSV-0026, CKV_K8S_17, CKV_K8S_18, CKV_K8S_19, C-0038, C-0041, polaris hostNetworkSet, kube-linter host-network]',
  ),
];
