import { expect } from 'chai';
import { checkedManifests } from '../../charts-ts/checked-manifests.ts';
import { warningsOf } from '../../charts-ts/checks/warnings.ts';
import { parseCommandLine } from '../../charts-ts/command-line.ts';
import { loadValues } from '../../charts-ts/values/load-values.ts';
import type { Profile } from '../../charts-ts/values/profiles.ts';
import { clouds } from '../../charts-ts/values/schema-clouds.ts';
import { partsOf } from './support/parts.ts';
import type { Loose } from './support/synthesized.ts';

const load = (profile: Profile | undefined, cloud: (typeof clouds)[number] = 'eks', ...sets: string[]) =>
  loadValues(cloud, { profile, files: [], sets: sets.map((text) => ({ kind: 'set' as const, text })) });

/** What each profile writes. null: no such object or key. */
const expected: Record<Profile, Record<string, Loose>> = {
  small: {
    'HorizontalPodAutoscaler/auth-service-hpa': null,
    'PodDisruptionBudget/auth-service': null,
    'Deployment/auth-service': {
      spec: {
        replicas: 1,
        // Rounded up, this is one pod more, so that a rollout interrupts nothing.
        strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
        template: {
          spec: {
            affinity: null,
            topologySpreadConstraints: null,
            containers: [{ resources: { requests: { cpu: '250m' }, limits: { cpu: '1' } } }],
          },
        },
      },
    },
  },
  medium: {
    'HorizontalPodAutoscaler/auth-service-hpa': { spec: { minReplicas: 3, maxReplicas: 20 } },
    'PodDisruptionBudget/auth-service': { spec: { maxUnavailable: 1 } },
    'Deployment/auth-service': {
      spec: { replicas: null, strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } } },
    },
  },
  large: {
    'HorizontalPodAutoscaler/auth-service-hpa': { spec: { minReplicas: 6, maxReplicas: 50 } },
    'PodDisruptionBudget/auth-service': { spec: { maxUnavailable: '10%' } },
    'ConfigMap/auth-service-config': { data: { DB_POOL_MAX: '5' } },
    'Deployment/auth-service': {
      spec: {
        replicas: null,
        strategy: { rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
        template: {
          spec: { containers: [{ resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } }] },
        },
      },
    },
  },
};

describe('charts: profiles', () => {
  for (const profile of ['small', 'medium', 'large'] as const)
    it(`${profile} has the size that the documentation promises`, async () => {
      const files = await checkedManifests(load(profile));
      const objects = Object.fromEntries(
        files.flatMap((file) =>
          file.objects.map((object) => [`${object.kind}/${object.metadata?.name}`, object]),
        ),
      );
      expect(partsOf(objects, expected[profile])).to.deep.equal(expected[profile]);
    });

  it('medium is what synth writes without a profile', () => {
    for (const cloud of clouds) expect(load('medium', cloud)).to.deep.equal(load(undefined, cloud));
  });

  it('warn only where something is given up', () => {
    expect(warningsOf(load('medium'))).to.deep.equal([]);
    expect(warningsOf(load('large'))).to.deep.equal([]);
    expect(warningsOf(load('small'))).to.deep.equal([
      'warning: eks: replicas is 1: each restart, eviction or failed node stops the service until its pod has started again (the gate skips replicas)',
    ]);
  });

  it('lie over the file of the cloud and below what the operator sets', () => {
    const values = load('large', 'gke', 'autoscaling.maxReplicas=40');
    expect(values.rollout.keepAliveTimeout).to.equal('620s');
    expect(values.autoscaling).to.include({ minReplicas: 6, maxReplicas: 40 });
  });

  it('are chosen by --profile, for Kubernetes only', () => {
    expect(parseCommandLine(['--cloud', 'eks', '--profile', 'small']).profile).to.equal('small');
    expect(parseCommandLine(['--profile', 'small']).targets).to.deep.equal([]);
    expect(() => parseCommandLine(['--profile', 'tiny'])).to.throw(
      '--profile tiny: must be one of small, medium, large',
    );
    expect(() => parseCommandLine(['--target', 'ecs', '--profile', 'small'])).to.throw(
      '--profile: is for eks, gke, aks only',
    );
  });
});
