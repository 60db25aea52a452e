import { ApiObject, App, Chart, JsonPatch } from 'cdk8s';
import { Deployment, k8s } from 'cdk8s-plus-28';
import { expect } from 'chai';
import { addObject, type Manifest } from '../../charts-ts/manifest.ts';
import type { Loose } from './support/synthesized.ts';

const createChart = () => new Chart(new App(), 'chart', { disableResourceNameHashes: true });

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a' },
  spec: { ports: [{ port: 80, targetPort: 'http' }], trafficDistribution: 'PreferClose' },
};
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'a' },
  spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' },
};
const metric = {
  type: 'Pods',
  pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '100m' } },
};
const autoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'a' },
  spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'a' }, metrics: [metric] },
};

/** The properties of an object as the values of an operator contain them: without the classes of cdk8s-plus. */
function propsOf({ apiVersion: _version, kind: _kind, ...props }: Loose): Loose {
  return props;
}

/**
 * docs/decisions/0010-kubernetes-objects-from-kubernetes-models.md rests on these facts. If a new version of the library
 * breaks one of these tests, examine the decision again.
 */
describe('charts: cdk8s-plus-28', () => {
  it('drops a field that is newer than Kubernetes 1.28, without an error', () => {
    const { spec } = new k8s.KubeService(createChart(), 'object', propsOf(service)).toJson();
    expect(spec).to.eql({ ports: [{ port: 80 }] });
  });

  it('drops a plain number where Kubernetes accepts a number or a text', () => {
    const { spec } = new k8s.KubePodDisruptionBudget(createChart(), 'object', propsOf(budget)).toJson();
    expect(spec).to.eql({ unhealthyPodEvictionPolicy: 'AlwaysAllow' });
  });

  it('drops the quantity of a metric that an operator has written in plain YAML', () => {
    const props = propsOf(autoscaler);
    const { spec } = new k8s.KubeHorizontalPodAutoscalerV2(createChart(), 'object', props).toJson();
    expect(spec.metrics[0].pods.target).to.eql({ type: 'AverageValue' });
  });

  it('drops a newer field from a JSON patch too, which is its documented way to set such a field', () => {
    const deployment = new Deployment(createChart(), 'object', { containers: [{ image: 'a:1' }] });
    const object = ApiObject.of(deployment);
    const lifecycle = { preStop: { sleep: { seconds: 5 } } };
    object.addJsonPatch(JsonPatch.add('/spec/template/spec/containers/0/lifecycle', lifecycle));
    expect(object.toJson().spec.template.spec.containers[0].lifecycle).to.eql({ preStop: {} });
  });

  it('derives the immutable selector of a Deployment from the path of the construct', () => {
    const deployment = new Deployment(createChart(), 'object', { containers: [{ image: 'a:1' }] });
    const { selector } = ApiObject.of(deployment).toJson().spec;
    expect(Object.keys(selector.matchLabels)).to.eql(['cdk8s.io/metadata.addr']);
  });

  it('has no high-level class for a PodDisruptionBudget and no class for custom resources', async () => {
    const library = await import('cdk8s-plus-28');
    const names = [...Object.keys(library), ...Object.keys(k8s)];
    expect(names).to.include.members(['Deployment', 'KubeDeployment']);
    expect(names).not.to.include.members(['PodDisruptionBudget']);
    expect(
      names.filter((name) => /ServiceMonitor|PrometheusRule|ExternalSecret|HTTPRoute/.test(name)),
    ).to.eql([]);
  });

  it('is not in the way of addObject, which keeps the same objects as they are', () => {
    for (const object of [service, budget, autoscaler])
      expect(addObject<Manifest>(createChart(), 'object', object).toJson()).to.eql(object);
  });
});
