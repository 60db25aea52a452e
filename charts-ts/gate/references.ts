import type { Document } from './document.ts';
import { get, includes, text, tree, trees } from './json.ts';
import { objectRule, type Rule } from './rule.ts';
import { find, hasPort, nameOf, namespaceOf, ofKind, type Workload, type World } from './world.ts';

function selected(world: World, document: Document, labels: unknown): Workload[] {
  const matching = world.workloads.filter((workload) => includes(workload.labels, labels));
  return matching.filter(({ document: own }) => namespaceOf(own) === namespaceOf(document));
}

/** Why a backend cannot be reached, if it cannot. */
function* checkBackend(world: World, from: Document, name: unknown, port: unknown): Iterable<string> {
  const service = find(world, 'Service', name, from);
  const found = trees(get(service?.object, 'spec', 'ports')).find(
    (one) => one.port === port || one.name === port,
  );
  if (!service) yield `points at the Service ${text(name)}, which is not there`;
  else if (!found) yield `points at port ${String(port)}, which the Service ${text(name)} does not have`;
  else if (found.name === 'metrics') yield 'must not route the metrics port';
}

function* checkTargetRef(document: Document, world: World): Iterable<string> {
  const { kind, name } = tree(get(document.object, 'spec', 'targetRef'));
  if (!find(world, text(kind), name, document))
    yield `points at ${text(kind)} ${text(name)}, which is not there`;
}

/** What points at something must find it. */
export const referenceRules: readonly Rule[] = [
  objectRule('reference-unique', [], [], function* (document, { documents }) {
    const same = (one: Document) =>
      one.object.kind === document.object.kind &&
      one.object.apiVersion.split('/')[0] === document.object.apiVersion.split('/')[0] &&
      nameOf(one) === nameOf(document) &&
      namespaceOf(one) === namespaceOf(document);
    if (documents.find(same) !== document) yield 'is there twice';
    if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(nameOf(document)))
      yield 'has a name that Kubernetes refuses';
  }),
  objectRule('reference-selector', [], ['Deployment'], function* (document, world) {
    const labels = get(document.object, 'spec', 'selector', 'matchLabels');
    const own = world.workloads.find((workload) => workload.document === document);
    if (Object.keys(tree(labels)).length === 0 || !includes(own?.labels, labels))
      yield 'has a selector that its own pods do not match';
    if (Object.keys(tree(labels)).some((name) => name.startsWith('cdk8s.io/')))
      yield 'must not select by a path of the source';
  }),
  objectRule('reference-service', [], ['Service'], function* (document, world) {
    const workloads = selected(world, document, get(document.object, 'spec', 'selector'));
    if (workloads.length === 0) yield 'selects no pods';
    for (const { targetPort } of trees(get(document.object, 'spec', 'ports'))) {
      if (workloads.some((one) => !hasPort(one, targetPort)))
        yield `points at port ${String(targetPort)}, which its pods do not have`;
    }
  }),
  objectRule('reference-backend', [], ['Ingress', 'HTTPRoute'], function* (document, world) {
    for (const entry of trees(get(document.object, 'spec', 'rules'))) {
      for (const path of trees(get(entry, 'http', 'paths'))) {
        const { name, port } = tree(get(path, 'backend', 'service'));
        yield* checkBackend(world, document, name, get(port, 'number') ?? get(port, 'name'));
      }
      for (const { name, port } of trees(entry.backendRefs)) yield* checkBackend(world, document, name, port);
    }
  }),
  objectRule('reference-gateway', [], ['HTTPRoute'], function* (document, world) {
    for (const { name, namespace, sectionName } of trees(get(document.object, 'spec', 'parentRefs'))) {
      const wanted = namespace ?? namespaceOf(document);
      const gateway = ofKind(world, 'Gateway').find(
        (one) => nameOf(one) === name && namespaceOf(one) === wanted,
      );
      const listeners = trees(get(gateway?.object, 'spec', 'listeners'));
      if (!gateway) yield `points at the Gateway ${text(name)}, which is not there`;
      else if (sectionName && !listeners.some((one) => one.name === sectionName))
        yield `points at the listener ${text(sectionName)}, which is not there`;
    }
  }),
  objectRule('reference-cloud', [], ['Service', 'Ingress', 'Gateway'], function* (document, world) {
    const annotations = tree(get(document.object, 'metadata', 'annotations'));
    const backend = /"default":\s*"([^"]+)"/.exec(text(annotations['cloud.google.com/backend-config']))?.[1];
    const parameters = tree(get(document.object, 'spec', 'infrastructure', 'parametersRef'));
    const wanted: [string, unknown][] = [
      ['BackendConfig', backend],
      ['FrontendConfig', annotations['networking.gke.io/v1beta1.FrontendConfig']],
      ['ManagedCertificate', annotations['networking.gke.io/managed-certificates']],
      [text(parameters.kind), parameters.name],
    ];
    for (const [kind, name] of wanted) {
      if (name !== undefined && !find(world, kind, name, document))
        yield `points at ${kind} ${text(name)}, which is not there`;
    }
  }),
  objectRule(
    'reference-policy',
    [],
    ['HealthCheckPolicy', 'GCPBackendPolicy', 'GCPGatewayPolicy'],
    checkTargetRef,
  ),
  objectRule('reference-autoscaler', [], ['HorizontalPodAutoscaler'], function* (document, world) {
    const { kind, name } = tree(get(document.object, 'spec', 'scaleTargetRef'));
    const target = find(world, text(kind), name, document);
    if (!target) yield `points at ${text(kind)} ${text(name)}, which is not there`;
    const workload = world.workloads.find((one) => one.document === target);
    for (const metric of trees(get(document.object, 'spec', 'metrics'))) {
      const resource = text(get(metric, 'resource', 'name'));
      const bare = trees(workload?.spec.containers).some(
        (one) => get(one, 'resources', 'requests', resource) === undefined,
      );
      if (resource && bare) yield `measures ${resource}, which its pods do not request`;
    }
  }),
  objectRule('reference-disruption-budget', [], ['PodDisruptionBudget'], function* (document, world) {
    const workloads = selected(world, document, get(document.object, 'spec', 'selector', 'matchLabels'));
    if (workloads.length === 0) yield 'selects no pods';
    const names = workloads.map((one) => nameOf(one.document));
    const scaler = ofKind(world, 'HorizontalPodAutoscaler').find((one) =>
      names.includes(text(get(one.object, 'spec', 'scaleTargetRef', 'name'))),
    );
    const least = Number(get(scaler?.object, 'spec', 'minReplicas'));
    if (Number(get(document.object, 'spec', 'minAvailable')) >= least)
      yield `keeps ${least} pods, all that the autoscaler may leave`;
  }),
  objectRule('reference-monitor', [], ['ServiceMonitor'], function* (document, world) {
    const labels = get(document.object, 'spec', 'selector', 'matchLabels');
    const services = ofKind(world, 'Service').filter(({ object }) =>
      includes(get(object, 'metadata', 'labels'), labels),
    );
    const ports = services
      .flatMap(({ object }) => trees(get(object, 'spec', 'ports')))
      .map(({ name }) => name);
    for (const { port } of trees(get(document.object, 'spec', 'endpoints'))) {
      if (!ports.includes(port)) yield `scrapes port ${text(port)}, which no selected Service names`;
    }
  }),
];
