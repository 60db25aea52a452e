import type { IPod } from 'kubernetes-models/v1';
import { scriptsConfigMap, startToolPod, type ToolPod } from '../cluster/tool-pod.ts';
import { StepSkipped } from '../report.ts';
import { createNamespace, type Run, type Step } from '../run.ts';

const denyAll = (namespace: string): object => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny', namespace },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
});

async function addressOf(run: Run, namespace: string, name: string): Promise<string> {
  const { status } = await run.kubectl.json<IPod>(['get', 'pod', name, '--namespace', namespace]);
  return status?.podIP ?? '';
}

async function connects(pod: ToolPod, address: string, port: number): Promise<boolean> {
  const attempt = ['node', '/scripts/listener.mjs', 'connect', address, String(port)];
  return pod.exec(attempt).then(
    () => true,
    () => false,
  );
}

/** Whether the network plugin refuses what a policy forbids. Nothing in the API says so: only a connection shows it. */
async function isEnforced(run: Run, stranger: ToolPod, namespace: string): Promise<boolean> {
  const { kubectl, options } = run;
  const command = ['node', '/scripts/listener.mjs', 'listen'];
  await startToolPod(kubectl, { name: 'listener', namespace, image: options.image, command });
  const address = await addressOf(run, namespace, 'listener');
  if (!(await connects(stranger, address, 8080))) throw new Error('two pods cannot connect without a policy');
  await kubectl.apply([denyAll(namespace)]);
  for (let attempt = 0; attempt < 5; attempt += 1)
    if (!(await connects(stranger, address, 8080))) return true;
  return false;
}

export const networkPolicies: Step = {
  name: 'network-policies',
  claim: 'Only the callers that the values name reach the pods',
  async run(run, report) {
    const main = await run.main();
    const namespace = `${run.id}-stranger`;
    await createNamespace(run, namespace, 'restricted');
    await run.kubectl.apply([scriptsConfigMap(namespace)]);
    const { image } = run.options;
    const stranger = await startToolPod(run.kubectl, { name: 'stranger', namespace, image });
    if (!(await isEnforced(run, stranger, namespace)))
      throw new StepSkipped('the network plugin of the cluster enforces no NetworkPolicy');
    const [pod] = await main.pods();
    const address = pod?.status?.podIP ?? '';
    report.check('a caller that the values name reaches the API', await connects(run.toolPod, address, 8000));
    report.check('another pod does not reach the API', !(await connects(stranger, address, 8000)));
    report.check('another pod does not reach the metrics', !(await connects(stranger, address, 9464)));
  },
};
