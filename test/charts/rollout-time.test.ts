import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { connectionsOfRollout, connectionsWithDraining } from '../../charts-ts/checks/connections.ts';
import { type RolloutPlan, simulateRollout } from './support/simulated-rollout.ts';
import { documentsOf, only, valuesOf } from './support/synthesized.ts';

/**
 * Seconds from the creation of a pod until it is ready. `cluster` is what charts-ts/README.md gives as measured: image on the
 * node, migration without work, start, first probe. `alb` adds two health checks of the ALB, 10 s apart, which its
 * readiness gate waits for.
 */
const start = { cluster: 9, alb: 29 } as const;

/** Kubernetes rounds a percentage of maxSurge up. */
const ceiling = (amount: number | string, of: number): number =>
  typeof amount === 'number' ? amount : Math.ceil((Number.parseInt(amount, 10) * of) / 100);

function planOf(replicas: number, startSeconds: number, ...sets: string[]): RolloutPlan {
  const { minReadySeconds, strategy, template } = only(documentsOf('eks', ...sets), 'Deployment').spec;
  return {
    replicas,
    maxSurge: ceiling(strategy.rollingUpdate.maxSurge, replicas),
    maxUnavailable: strategy.rollingUpdate.maxUnavailable,
    minReadySeconds,
    startSeconds,
    drainSeconds: template.spec.terminationGracePeriodSeconds,
  };
}

describe('charts: a rollout', () => {
  it('of 20 pods takes less than 3 minutes, also behind an ALB', () => {
    expect(simulateRollout(planOf(20, start.cluster)).seconds).to.be.below(90);
    expect(simulateRollout(planOf(20, start.alb)).seconds).to.be.below(180);
    expect(simulateRollout(planOf(20, start.alb, 'rollout.maxSurge=1')).seconds).to.be.above(12 * 60);
  });

  it('takes four steps, however many pods there are', () => {
    for (const replicas of [3, 20, 50]) {
      const { seconds } = simulateRollout(planOf(replicas, start.alb));
      expect(seconds, `${replicas} pods`).to.be.within(3 * 39, 4 * 39 + 4);
    }
  });

  it('is computed in the README as here', () => {
    const readme = readFileSync('charts-ts/README.md', 'utf8').replace(/\s+/g, ' ');
    expect(readme).to.contain(`4 × (${start.alb} + 10) = ${4 * (start.alb + 10)} s`);
    expect(readme).to.contain(`4 × (${start.cluster} + 10) = ${4 * (start.cluster + 10)} s`);
  });

  it('adds a pod, also to a single one', () => {
    expect(planOf(1, start.cluster).maxSurge).to.equal(1);
  });

  it('needs no more connections than synth counts, with the pods that drain', () => {
    for (const [maxReplicas, surge] of [
      [20, '25%'],
      [20, '1'],
      [50, '10%'],
      [3, '25%'],
    ] as const) {
      const sets = [
        `autoscaling.maxReplicas=${maxReplicas},rollout.maxSurge=${surge},database.maxConnections=5000`,
      ];
      const values = valuesOf('eks', ...sets);
      const counted = connectionsWithDraining(values);
      for (const startSeconds of [1, start.cluster, start.alb, 120]) {
        const { most } = simulateRollout(planOf(maxReplicas, startSeconds, ...sets));
        expect(most * 10, `${maxReplicas} pods, ${surge}, ${startSeconds} s`).to.be.at.most(
          counted.connections,
        );
      }
      expect(connectionsOfRollout(values).connections).to.be.at.most(counted.connections);
    }
  });
});
