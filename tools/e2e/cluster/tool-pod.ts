import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IPod } from 'kubernetes-models/v1';
import type { Kubectl } from './kubectl.ts';

/** Files of this folder tree that run in pods. They need nothing but the Node.js of the image. */
const scripts = [
  'load/generator.mjs',
  'installation/database.mjs',
  'cluster/end-process.mjs',
  'cluster/listener.mjs',
];

const configMap = 'scripts';

/** The scripts as an object that the pods mount. */
export function scriptsConfigMap(namespace: string): object {
  const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const data = Object.fromEntries(scripts.map((path) => [path.replace(/^.*\//, ''), read(path)]));
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: configMap, namespace }, data };
}

export interface ToolPodOptions {
  readonly name: string;
  readonly namespace: string;
  /** The image of the service, which contains Node.js. */
  readonly image: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The node on which the pod must run. */
  readonly node?: string;
  /** What the pod runs. @default a process that waits for the end of the pod */
  readonly command?: readonly string[];
  /** Whether the pod is root and sees the processes of its node. */
  readonly seesNode?: boolean;
}

const waiting = ['node', '--eval', 'setInterval(() => undefined, 1 << 30)'];

const unprivileged = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  runAsUser: 10001,
  seccompProfile: { type: 'RuntimeDefault' as const },
};

/** What a container has by default, without the user of the image. */
const root = { runAsUser: 0, runAsGroup: 0 } as const;

export function toolPod(options: ToolPodOptions): IPod {
  const { command = waiting, image, labels, name, namespace, node, seesNode = false } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name, ...labels } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      hostPID: seesNode,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      // The label and not nodeName, which would place the pod on a node that is full.
      ...(node && { nodeSelector: { 'kubernetes.io/hostname': node } }),
      containers: [
        {
          name: 'tool',
          image,
          imagePullPolicy: 'IfNotPresent',
          command: [...command],
          securityContext: seesNode ? root : unprivileged,
          resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '512Mi' } },
          volumeMounts: [{ name: 'scripts', mountPath: '/scripts', readOnly: true }],
        },
      ],
      volumes: [{ name: 'scripts', configMap: { name: configMap } }],
    },
  };
}

/** A pod in which the steps run programs. */
export interface ToolPod {
  readonly name: string;
  /** A process in the pod, with its streams. */
  start(command: readonly string[]): ChildProcessWithoutNullStreams;
  /** Runs a program to its end and returns its output. @throws KubectlError if it fails */
  exec(command: readonly string[], input?: string): Promise<string>;
  delete(): Promise<void>;
}

/** Creates a pod and waits until it runs. @throws KubectlError */
export async function startToolPod(kubectl: Kubectl, options: ToolPodOptions): Promise<ToolPod> {
  const { name, namespace } = options;
  const ofNamespace = ['--namespace', namespace];
  await kubectl.apply([toolPod(options)]);
  await kubectl.must(['wait', 'pod', name, ...ofNamespace, '--for=condition=Ready', '--timeout=3m']);
  const inPod = ['exec', '-i', name, ...ofNamespace, '--'];
  return {
    name,
    start: (command) => kubectl.start([...inPod, ...command]),
    exec: (command, input) => kubectl.must([...inPod, ...command], { input }),
    delete: async () =>
      void (await kubectl.must(['delete', 'pod', name, ...ofNamespace, '--grace-period=0', '--force'])),
  };
}
