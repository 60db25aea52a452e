import { autoscalerFor, autoscalerIn, autoscalerKinds } from '../autoscalers.ts';
import type { Document } from '../document.ts';
import {
  documentsOfKind,
  findObject,
  hasContainerPort,
  type ManifestSet,
  nameOf,
  namespaceOf,
  type Workload,
} from '../manifest-set.ts';
import { objectRule, type Rule } from '../rule.ts';
import { asMap, asMaps, asText, get, matchesLabels } from '../untyped.ts';

/** Workloads in the namespace of `document` whose pods have these labels. */
function selectedWorkloads(manifests: ManifestSet, document: Document, matchLabels: unknown): Workload[] {
  return manifests.workloads.filter(
    (workload) =>
      matchesLabels(workload.podLabels, matchLabels) &&
      namespaceOf(workload.document) === namespaceOf(document),
  );
}

const isSameObject = (one: Document, other: Document): boolean =>
  one.object.kind === other.object.kind &&
  one.object.apiVersion.split('/')[0] === other.object.apiVersion.split('/')[0] &&
  nameOf(one) === nameOf(other) &&
  namespaceOf(one) === namespaceOf(other);

const gkePolicies = ['HealthCheckPolicy', 'GCPBackendPolicy', 'GCPGatewayPolicy'];

/** Rules about the pods and objects that an object selects or refers to. */
export const objectReferenceRules: readonly Rule[] = [
  objectRule('reference-unique', [], function* (document, { documents }) {
    if (documents.find((other) => isSameObject(document, other)) !== document)
      yield 'must be defined only once';
    if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(nameOf(document)))
      yield 'must have a name of lower case letters, digits, - and .';
  }),
  objectRule('reference-selector', ['Deployment'], function* (document, manifests) {
    const matchLabels = asMap(get(document.object, 'spec', 'selector', 'matchLabels'));
    const workload = manifests.workloads.find((candidate) => candidate.document === document);
    if (Object.keys(matchLabels).length === 0 || !matchesLabels(workload?.podLabels, matchLabels))
      yield 'must have a selector that matches the labels of its pods';
    // cdk8s-plus derives this label from the construct path, and a Deployment's selector cannot change.
    if (Object.keys(matchLabels).some((name) => name.startsWith('cdk8s.io/')))
      yield 'must not use a label of cdk8s.io as its selector';
  }),
  objectRule('reference-service', ['Service'], function* (document, manifests) {
    const workloads = selectedWorkloads(manifests, document, get(document.object, 'spec', 'selector'));
    if (workloads.length === 0) yield 'has a selector that matches no pods';
    for (const { targetPort } of asMaps(get(document.object, 'spec', 'ports'))) {
      if (workloads.some((workload) => !hasContainerPort(workload, targetPort)))
        yield `has the targetPort ${String(targetPort)}, which its pods do not declare`;
    }
  }),
  objectRule('reference-monitor', ['ServiceMonitor'], function* (document, manifests) {
    const matchLabels = get(document.object, 'spec', 'selector', 'matchLabels');
    const ports = documentsOfKind(manifests, 'Service')
      .filter(({ object }) => matchesLabels(get(object, 'metadata', 'labels'), matchLabels))
      .flatMap(({ object }) => asMaps(get(object, 'spec', 'ports')))
      .map(({ name }) => name);
    for (const { port } of asMaps(get(document.object, 'spec', 'endpoints'))) {
      if (!ports.includes(port)) yield `scrapes the port ${asText(port)}, which no selected Service has`;
    }
  }),
  objectRule('reference-pod-monitor', ['PodMonitor'], function* (document, manifests) {
    const matchLabels = get(document.object, 'spec', 'selector', 'matchLabels');
    const workloads = manifests.workloads.filter(({ podLabels }) => matchesLabels(podLabels, matchLabels));
    if (workloads.length === 0) yield 'has a selector that matches no pods';
    for (const { port } of asMaps(get(document.object, 'spec', 'podMetricsEndpoints')))
      if (workloads.some((workload) => !hasContainerPort(workload, port)))
        yield `scrapes the port ${asText(port)}, which its pods do not declare`;
  }),
  objectRule('reference-autoscaler', autoscalerKinds, function* (document, manifests) {
    const { measures, target } = autoscalerIn(document);
    const found = findObject(manifests, target.kind, target.name, document);
    if (!found) yield `refers to ${target.kind} ${target.name}, which does not exist`;
    const workload = manifests.workloads.find((candidate) => candidate.document === found);
    for (const { container: only, resource } of measures) {
      const measured = asMaps(workload?.podSpec.containers).filter(({ name }) => !only || name === only);
      if (found && measured.length === 0)
        yield `scales on ${resource} of the container ${only}, which ${target.name} does not have`;
      if (measured.some((container) => get(container, 'resources', 'requests', resource) === undefined))
        yield `scales on ${resource}, for which a container of ${target.name} has no request`;
    }
  }),
  objectRule('reference-disruption-budget', ['PodDisruptionBudget'], function* (document, manifests) {
    const { minAvailable, selector } = asMap(get(document.object, 'spec'));
    const workloads = selectedWorkloads(manifests, document, get(selector, 'matchLabels'));
    if (workloads.length === 0) yield 'has a selector that matches no pods';
    for (const { document: workload } of workloads) {
      const minimum = autoscalerFor(manifests, workload)?.minimum ?? get(workload.object, 'spec', 'replicas');
      if (Number(minAvailable) >= Number(minimum))
        yield `must set minAvailable below ${minimum}, the smallest number of pods; otherwise no node can be drained`;
    }
  }),
  objectRule('reference-policy', gkePolicies, function* (document, manifests) {
    const { kind, name } = asMap(get(document.object, 'spec', 'targetRef'));
    if (!findObject(manifests, asText(kind), name, document))
      yield `refers to ${asText(kind)} ${asText(name)}, which does not exist`;
  }),
];
