import { X509Certificate } from 'node:crypto';
import { type Check, failed, passed, skipped, warning } from '../../checks/check.ts';
import { fieldAt, type Kubectl, listAt } from './kubectl.ts';

const category = 'Kubernetes';
const day = 24 * 60 * 60 * 1000;

/** Days after which secrets should be rotated. */
const maxSecretAge = 365;

const isTrue = (object: unknown, type: string): boolean =>
  listAt(object, 'status.conditions').some(
    (condition) => fieldAt(condition, 'type') === type && fieldAt(condition, 'status') === 'True',
  );

const messageOf = (object: unknown, type: string): string => {
  const found = listAt(object, 'status.conditions').find((each) => fieldAt(each, 'type') === type);
  return String(fieldAt(found, 'message') ?? 'there is no such condition');
};

export const kubernetesChecks: readonly Check<Kubectl>[] = [
  {
    id: 'k8s-deployment',
    category,
    title: 'The cluster answers, and has the deployment',
    documentation:
      'Reads the deployment of `--name` (`auth-service`) with kubectl in the namespace of `--namespace` and the context of `--context`. A failure means that kubectl is missing, that its context or its rights are wrong, or that the manifests are applied to another namespace or have another name.',
    async run(kubectl) {
      if (await kubectl.object('deployment', kubectl.name))
        return passed(`${kubectl.namespace}/${kubectl.name}`);
      return failed(
        `The namespace ${kubectl.namespace} has no deployment ${kubectl.name}`,
        'Apply the manifests, or name another installation with --name, --namespace and --context',
      );
    },
  },
  {
    id: 'k8s-rollout',
    category,
    title: 'The rollout is complete',
    documentation:
      'Every replica is of the newest revision and available. If not, `kubectl rollout status deployment/auth-service` waits for it, and `kubectl describe pod` shows why a pod does not become ready: its image, its secrets, its probes, or a lack of CPU and memory.',
    needs: ['k8s-deployment'],
    async run(kubectl) {
      const deployment = await kubectl.object('deployment', kubectl.name);
      const numberAt = (path: string): number => Number(fieldAt(deployment, path) ?? 0);
      const wanted = numberAt('spec.replicas');
      const updated = numberAt('status.updatedReplicas');
      const available = numberAt('status.availableReplicas');
      const isObserved = numberAt('status.observedGeneration') >= numberAt('metadata.generation');
      const message = `${updated} of ${wanted} replicas are updated, ${available} are available`;
      const isComplete =
        isObserved &&
        updated === wanted &&
        available >= wanted &&
        numberAt('status.replicas') === wanted &&
        wanted > 0;
      if (isComplete) return passed(message);
      return failed(message, 'Run kubectl rollout status and kubectl describe pod to see what is missing');
    },
  },
  {
    id: 'k8s-endpoints',
    category,
    title: 'The service has ready endpoints',
    documentation:
      'Counts the ready addresses in the endpoint slices of the service of the installation. None means that no pod is ready, or that the selector of the service matches no pod.',
    needs: ['k8s-deployment'],
    async run(kubectl) {
      const slices = await kubectl.list('endpointslice', `kubernetes.io/service-name=${kubectl.name}`);
      const ready = slices
        .flatMap((slice) => listAt(slice, 'endpoints'))
        .filter((endpoint) => fieldAt(endpoint, 'conditions.ready') !== false);
      if (ready.length > 0) return passed(`${ready.length} ready`);
      return failed('No endpoint is ready', 'Run kubectl describe service and kubectl get pods to see why');
    },
  },
  {
    id: 'k8s-autoscaler',
    category,
    title: 'The autoscaler is able to scale',
    documentation:
      'The conditions `AbleToScale` and `ScalingActive` of the HorizontalPodAutoscaler are true. `ScalingActive` is false without a metrics server, or if the pods have no CPU request. At its maximum (`ScalingLimited`) the result is a warning.',
    needs: ['k8s-deployment'],
    async run(kubectl) {
      const autoscaler = await kubectl.object('hpa', `${kubectl.name}-hpa`);
      if (!autoscaler) return skipped('There is no autoscaler');
      for (const type of ['AbleToScale', 'ScalingActive'])
        if (!isTrue(autoscaler, type))
          return failed(
            `${type} is not true: ${messageOf(autoscaler, type)}`,
            'Install the metrics server, and look at kubectl describe hpa',
          );
      const replicas = Number(fieldAt(autoscaler, 'status.currentReplicas') ?? 0);
      const max = Number(fieldAt(autoscaler, 'spec.maxReplicas') ?? 0);
      if (replicas < max) return passed(`${replicas} of at most ${max} replicas`);
      return warning(
        `The maximum of ${max} replicas is reached`,
        'Raise the maximum, if the load is genuine',
      );
    },
  },
  {
    id: 'k8s-disruption-budget',
    category,
    title: 'A node can be drained',
    documentation:
      'The PodDisruptionBudget allows at least one disruption. With none, an upgrade of the nodes waits. It allows none while a pod is not ready, or if its minimum is as high as the number of replicas.',
    needs: ['k8s-deployment'],
    async run(kubectl) {
      const budget = await kubectl.object('pdb', kubectl.name);
      if (!budget) return skipped('There is no disruption budget');
      const allowed = Number(fieldAt(budget, 'status.disruptionsAllowed') ?? 0);
      if (allowed > 0) return passed(`${allowed} disruptions allowed`);
      return warning('No disruption is allowed', 'Wait until all pods are ready, or run more replicas');
    },
  },
  {
    id: 'k8s-certificate',
    category,
    title: 'The certificates of the ingress are valid for three weeks or longer',
    documentation:
      'Reads `tls.crt` of each secret that the ingress of the installation names, and never the private key. Fewer than 21 days are a warning, fewer than 3 a failure: look at cert-manager, or at what else writes the secret. Without such a secret the load balancer has the certificate, and `tls-expiry` checks it.',
    needs: ['k8s-deployment'],
    async run(kubectl) {
      const ingress = await kubectl.object('ingress', `${kubectl.name}-ingress`);
      const names = listAt(ingress, 'spec.tls')
        .map((entry) => fieldAt(entry, 'secretName'))
        .filter((each) => typeof each === 'string');
      if (names.length === 0) return skipped('The ingress names no secret with a certificate');
      const days = await Promise.all(names.map((each) => daysLeft(kubectl, each)));
      const missing = names.filter((_, index) => days[index] === null);
      const fix = 'Look at cert-manager, or at what else writes the secret';
      if (missing.length > 0) return failed(`${missing.join(', ')} has no certificate`, fix);
      const least = Math.min(...days.map(Number));
      const message = `${least} days are left`;
      if (least < 3) return failed(message, fix);
      return least < 21 ? warning(message, fix) : passed(message);
    },
  },
  {
    id: 'k8s-secret-age',
    category,
    title: 'No secret is older than a year',
    documentation:
      'Reads when the secrets that the deployment names were changed last, and none of their values. Above a year the result is a warning: docs/operations.md describes the rotation of each secret.',
    needs: ['k8s-deployment'],
    async run(kubectl) {
      const secretNames = secretsOf(await kubectl.object('deployment', kubectl.name));
      const found = await Promise.all(secretNames.map((each) => ageOf(kubectl, each)));
      const ages = found.filter((age) => age !== null);
      if (ages.length === 0)
        return failed(
          secretNames[0] ? `There is no secret ${secretNames[0]}` : 'The deployment names no secret',
          'Create it as the page of the target in docs/deploy says',
        );
      const oldest = Math.max(...ages);
      if (oldest <= maxSecretAge) return passed(`The oldest was changed ${oldest} days ago`);
      return warning(`One was changed ${oldest} days ago`, 'Rotate the secrets (docs/operations.md)');
    },
  },
];

/** The secrets that the pods of a deployment mount, or read as variables. */
function secretsOf(deployment: unknown): string[] {
  const pod = fieldAt(deployment, 'spec.template.spec');
  const volumes = listAt(pod, 'volumes');
  const containers = [...listAt(pod, 'initContainers'), ...listAt(pod, 'containers')];
  const names = [
    ...volumes.map((volume) => fieldAt(volume, 'secret.secretName')),
    ...volumes
      .flatMap((volume) => listAt(volume, 'projected.sources'))
      .map((source) => fieldAt(source, 'secret.name')),
    ...containers
      .flatMap((container) => listAt(container, 'env'))
      .map((variable) => fieldAt(variable, 'valueFrom.secretKeyRef.name')),
  ];
  return [...new Set(names)].filter((name) => typeof name === 'string');
}

/** Null if the secret or its certificate is missing. */
async function daysLeft(kubectl: Kubectl, secret: string): Promise<number | null> {
  const encoded = await kubectl.parts('secret', secret, '{.data.tls\\.crt}');
  if (encoded === '') return null;
  const { validTo } = new X509Certificate(Buffer.from(encoded, 'base64'));
  return Math.floor((Date.parse(validTo) - Date.now()) / day);
}

/** Days since the last change; null if there is no such secret. */
async function ageOf(kubectl: Kubectl, secret: string): Promise<number | null> {
  const template = '{.metadata.creationTimestamp} {.metadata.managedFields[*].time}';
  const times = (await kubectl.parts('secret', secret, template))
    .split(' ')
    .map((text) => Date.parse(text))
    .filter((time) => !Number.isNaN(time));
  return times.length === 0 ? null : Math.floor((Date.now() - Math.max(...times)) / day);
}
