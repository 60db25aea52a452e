import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import type { CloudName } from '../../charts-ts/values/schema.ts';
import { clouds as allClouds } from '../../charts-ts/values/schema-clouds.ts';
import { partsOf } from './support/parts.ts';
import type { Loose } from './support/synthesized.ts';
import { autoscaling } from './unusual-clusters/autoscaling.ts';
import { awsLoadBalancers } from './unusual-clusters/aws-load-balancers.ts';
import { cilium } from './unusual-clusters/cilium.ts';
import { cloudIdentities } from './unusual-clusters/cloud-identities.ts';
import { cloudPartitions } from './unusual-clusters/cloud-partitions.ts';
import type { UnusualCluster } from './unusual-clusters/cluster.ts';
import { configuration } from './unusual-clusters/configuration.ts';
import { otherControllers } from './unusual-clusters/controllers.ts';
import { delivery } from './unusual-clusters/delivery.ts';
import { entryMistakes } from './unusual-clusters/entry-mistakes.ts';
import { existing } from './unusual-clusters/existing.ts';
import { externalSecrets } from './unusual-clusters/external-secrets.ts';
import { extraObjects } from './unusual-clusters/extra-objects.ts';
import { gate } from './unusual-clusters/gate.ts';
import { gatewayListeners } from './unusual-clusters/gateway-listeners.ts';
import { gateways } from './unusual-clusters/gateways.ts';
import { ingressHosts } from './unusual-clusters/ingress-hosts.ts';
import { installations } from './unusual-clusters/installations.ts';
import { jobs } from './unusual-clusters/jobs.ts';
import { keda } from './unusual-clusters/keda.ts';
import { metadataMistakes } from './unusual-clusters/metadata-mistakes.ts';
import { monitoring } from './unusual-clusters/monitoring.ts';
import { networkDestinations } from './unusual-clusters/network-destinations.ts';
import { networkMistakes } from './unusual-clusters/network-mistakes.ts';
import { networkPolicies } from './unusual-clusters/network-policies.ts';
import { otherCharts } from './unusual-clusters/other-charts.ts';
import { patches } from './unusual-clusters/patches.ts';
import { placement } from './unusual-clusters/placement.ts';
import { podContainers } from './unusual-clusters/pod-containers.ts';
import { podIdentity } from './unusual-clusters/pod-identity.ts';
import { podImages } from './unusual-clusters/pod-images.ts';
import { podMetadata } from './unusual-clusters/pod-metadata.ts';
import { podPlacement } from './unusual-clusters/pod-placement.ts';
import { podResources } from './unusual-clusters/pod-resources.ts';
import { podVariables } from './unusual-clusters/pod-variables.ts';
import { portKeeper } from './unusual-clusters/port-keeper.ts';
import { probes } from './unusual-clusters/probes.ts';
import { publicServices } from './unusual-clusters/public-services.ts';
import { rollout } from './unusual-clusters/rollout.ts';
import { secretMistakes } from './unusual-clusters/secret-mistakes.ts';
import { secrets } from './unusual-clusters/secrets.ts';

const groups: Readonly<Record<string, readonly UnusualCluster[]>> = {
  existing,
  installations,
  monitoring,
  images: podImages,
  variables: podVariables,
  containers: podContainers,
  metadata: podMetadata,
  'metadata that is refused': metadataMistakes,
  nodes: podPlacement,
  identity: podIdentity,
  resources: podResources,
  jobs,
  'aws-load-balancers': awsLoadBalancers,
  cilium,
  'cloud-identities': cloudIdentities,
  'cloud-partitions': cloudPartitions,
  controllers: otherControllers,
  'entry-mistakes': entryMistakes,
  'gateway-listeners': gatewayListeners,
  gateways,
  'ingress-hosts': ingressHosts,
  'network-destinations': networkDestinations,
  'network-mistakes': networkMistakes,
  'network-policies': networkPolicies,
  'public-services': publicServices,
  autoscaling,
  keda,
  rollout,
  probes,
  placement,
  gate,
  configuration,
  'external secrets': externalSecrets,
  'names of other charts': otherCharts,
  'extra objects': extraObjects,
  patches,
  secrets,
  'mistakes of secrets': secretMistakes,
  portKeeper,
  delivery,
};

/** These objects are the same on each cloud, and make up most of the output. */
const withoutMonitoring = 'monitoring: { dashboards: { enabled: false }, rules: { enabled: false } }';

/** Whether the other clouds of the row can do without those objects. */
const concernsMonitoring = ({ output, refused, values }: UnusualCluster): boolean =>
  /monitoring|PrometheusRule|dashboard/.test(JSON.stringify([output, refused, values]));

describe('charts: unusual clusters by values alone', () => {
  let folder: string;
  let shortened: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'clusters-'));
    shortened = join(folder, 'without-monitoring.yaml');
    writeFileSync(shortened, withoutMonitoring);
  });
  after(() => rmSync(folder, { recursive: true }));

  /** `Kind/name`, without the hash at the end of the name of an immutable ConfigMap. */
  function keyOf(object: Loose): string {
    const { generateName, name = generateName } = object.metadata;
    return `${object.kind}/${object.immutable ? name.replace(/-[0-9a-f]+$/, '') : name}`;
  }

  /** The objects by `Kind/name`, after the checks and the gate. */
  async function synthesized(
    cloud: CloudName,
    text: string,
    below: readonly string[],
  ): Promise<Record<string, Loose>> {
    const file = join(folder, 'values.yaml');
    writeFileSync(file, text);
    const files = await checkedManifests(loadValues(cloud, { files: [...below, file], sets: [] }));
    const objects = files.flatMap((one) => one.objects);
    return Object.fromEntries(objects.map((object) => [keyOf(object), object]));
  }

  async function refusal(...given: Parameters<typeof synthesized>): Promise<string[]> {
    const [cloud] = given;
    try {
      await synthesized(...given);
    } catch (error) {
      return String(error instanceof Error ? error.message : error)
        .split('\n')
        .map((line) => line.replace(`${cloud}/`, ''));
    }
    return ['was not refused'];
  }

  for (const [group, rows] of Object.entries(groups))
    for (const row of rows) {
      const { clouds = allClouds, output = {}, refused, title, values } = row;
      for (const cloud of clouds)
        it(`${group}: ${title}, on ${cloud}`, async () => {
          const below = cloud === clouds[0] || concernsMonitoring(row) ? [] : [shortened];
          if (refused) expect(await refusal(cloud, values, below)).to.deep.equal(refused);
          else expect(partsOf(await synthesized(cloud, values, below), output)).to.deep.equal(output);
        });
    }
});
