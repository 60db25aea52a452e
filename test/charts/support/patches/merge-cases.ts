import type { PatchCase } from './patch-case.ts';

const pod = (spec: string) => `{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: ${spec}}`;
const deployment = (spec: string) =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {replicas: 3, template: {spec: ${spec}}}}`;
const template = (spec: string) => `{spec: {template: {spec: ${spec}}}}`;
const two =
  '{containers: [{name: a, image: "a:1", env: [{name: ONE, value: "1"}, {name: TWO, value: "2"}]}, {name: b, image: "b:1"}]}';
const metadata = '{name: x, labels: {one: a, two: b}, finalizers: [a/one, a/two]}';

/** Strategic merge patches. What becomes of them, kubectl says. */
export const mergeCases: readonly PatchCase[] = [
  { title: 'a scalar', object: deployment(two), patch: '{spec: {replicas: 5}}' },
  {
    title: 'a new map',
    object: deployment(two),
    patch: template('{securityContext: {fsGroup: 1, seccompProfile: {type: RuntimeDefault}}}'),
  },
  {
    title: 'a map that is merged',
    object: deployment('{nodeSelector: {a: b, c: d}, containers: []}'),
    patch: template('{nodeSelector: {c: e, f: g}}'),
  },
  { title: 'a key that null removes', object: deployment(two), patch: '{spec: {replicas: null}}' },
  { title: 'a null for a key that is not there', object: deployment(two), patch: '{spec: {paused: null}}' },
  {
    title: 'a null within a new map',
    object: deployment(two),
    patch: '{spec: {strategy: {type: Recreate, rollingUpdate: null}}}',
  },
  {
    title: 'a container by its name',
    object: deployment(two),
    patch: template('{containers: [{name: b, image: "b:2"}]}'),
  },
  {
    title: 'a new container',
    object: deployment(two),
    patch: template('{containers: [{name: c, image: "c:1"}]}'),
  },
  {
    title: 'a changed and a new container in the order of the patch',
    object: deployment(two),
    patch: template('{containers: [{name: a, image: "a:2"}, {name: c, image: "c:1"}]}'),
  },
  {
    title: 'a container that is deleted',
    object: deployment(two),
    patch: template('{containers: [{name: b, $patch: delete}]}'),
  },
  {
    title: 'the only container that is deleted',
    object: deployment('{containers: [{name: a, image: "a:1"}], nodeName: n}'),
    patch: template('{containers: [{name: a, $patch: delete}]}'),
  },
  {
    title: 'a container that is not there and deleted',
    object: deployment(two),
    patch: template('{containers: [{name: z, $patch: delete}]}'),
  },
  {
    title: 'a list of containers that is replaced',
    object: deployment(two),
    patch: template('{containers: [{name: z, image: "z:1"}, {$patch: replace}]}'),
  },
  {
    title: 'a variable by its name',
    object: deployment(two),
    patch: template('{containers: [{name: a, env: [{name: TWO, value: "3"}, {name: NEW, value: "4"}]}]}'),
  },
  {
    title: 'a value that becomes a reference',
    object: deployment(two),
    patch: template(
      '{containers: [{name: a, env: [{name: ONE, value: null, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}]}',
    ),
  },
  {
    title: 'arguments, which are replaced',
    object: pod('{containers: [{name: a, args: [x, y]}]}'),
    patch: '{spec: {containers: [{name: a, args: [z]}]}}',
  },
  {
    title: 'arguments that null removes',
    object: pod('{containers: [{name: a, image: i, args: [x, y]}]}'),
    patch: '{spec: {containers: [{name: a, args: null}]}}',
  },
  {
    title: 'mounts by their path',
    object: pod(
      '{containers: [{name: a, volumeMounts: [{name: v, mountPath: /v}, {name: w, mountPath: /w}]}]}',
    ),
    patch:
      '{spec: {containers: [{name: a, volumeMounts: [{mountPath: /w, readOnly: true}, {name: v, mountPath: /u}]}]}}',
  },
  {
    title: 'volumes by their name, of another kind',
    object: pod('{volumes: [{name: v, emptyDir: {}}, {name: w, emptyDir: {}}], containers: []}'),
    patch: '{spec: {volumes: [{name: v, emptyDir: null, secret: {secretName: s}}]}}',
  },
  {
    title: 'ports of a container by number and protocol',
    object: pod(
      '{containers: [{name: a, ports: [{containerPort: 53, protocol: TCP}, {containerPort: 53, protocol: UDP}]}]}',
    ),
    patch: '{spec: {containers: [{name: a, ports: [{containerPort: 53, protocol: UDP, name: dns}]}]}}',
  },
  {
    title: 'ports of a Service',
    object:
      '{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {ports: [{name: http, port: 80}, {name: https, port: 443}]}}',
    patch: '{spec: {ports: [{port: 443, targetPort: tls}, {name: new, port: 444}]}}',
  },
  {
    title: 'tolerations, which are replaced',
    object: pod('{tolerations: [{key: a}, {key: b}], containers: []}'),
    patch: '{spec: {tolerations: [{key: c, operator: Exists}]}}',
  },
  {
    title: 'pull Secrets by their name',
    object: pod('{imagePullSecrets: [{name: a}], containers: []}'),
    patch: '{spec: {imagePullSecrets: [{name: b}]}}',
  },
  {
    title: 'aliases of hosts by their address',
    object: pod('{hostAliases: [{ip: 10.0.0.1, hostnames: [a]}], containers: []}'),
    patch: '{spec: {hostAliases: [{ip: 10.0.0.1, hostnames: [b]}]}}',
  },
  {
    title: 'spread constraints by key and effect',
    object: pod(
      '{topologySpreadConstraints: [{topologyKey: zone, whenUnsatisfiable: ScheduleAnyway, maxSkew: 1}, {topologyKey: node, whenUnsatisfiable: ScheduleAnyway, maxSkew: 1}], containers: []}',
    ),
    patch:
      '{spec: {topologySpreadConstraints: [{topologyKey: node, whenUnsatisfiable: ScheduleAnyway, maxSkew: 2}]}}',
  },
  {
    title: 'a map that is replaced',
    object: deployment('{affinity: {nodeAffinity: {a: b}}, containers: []}'),
    patch: template('{affinity: {$patch: replace, podAffinity: {c: d}}}'),
  },
  {
    title: 'a map that is deleted',
    object: deployment('{affinity: {nodeAffinity: {a: b}}, containers: []}'),
    patch: template('{affinity: {$patch: delete}}'),
  },
  {
    title: 'labels and annotations',
    object: `{apiVersion: v1, kind: ConfigMap, metadata: ${metadata}, data: {a: b}}`,
    patch: '{metadata: {labels: {three: c}, annotations: {note: n}}}',
  },
  {
    title: 'finalizers, of which each is there once',
    object: `{apiVersion: v1, kind: ConfigMap, metadata: ${metadata}}`,
    patch: '{metadata: {finalizers: [a/three, a/two]}}',
  },
  {
    title: 'a name in the patch, which stays that of the object',
    object: deployment(two),
    patch: '{metadata: {name: other}, spec: {replicas: 1}}',
  },
  {
    title: 'a template of a CronJob',
    object: `{apiVersion: batch/v1, kind: CronJob, metadata: {name: x}, spec: {jobTemplate: {spec: {template: {spec: ${two}}}}}}`,
    patch:
      '{spec: {schedule: "1 2 * * *", jobTemplate: {spec: {template: {spec: {containers: [{name: b, image: "b:2"}]}}}}}}',
  },
  {
    title: 'paths of an Ingress, which are replaced',
    object:
      '{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: x}, spec: {rules: [{host: a}, {host: b}]}}',
    patch: '{spec: {rules: [{host: c}]}}',
  },
  {
    title: 'a custom resource, whose lists are replaced',
    object:
      '{apiVersion: example.org/v1, kind: Thing, metadata: {name: x}, spec: {items: [{name: a, v: 1}], map: {a: b}}}',
    patch: '{spec: {items: [{name: c}], map: {c: d, a: null}}}',
  },
  {
    title: 'a null within a list that is replaced',
    object: '{apiVersion: example.org/v1, kind: Thing, metadata: {name: x}, spec: {items: []}}',
    patch: '{spec: {items: [{a: b}]}}',
  },
];
