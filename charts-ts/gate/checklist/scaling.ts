import { get, tree } from '../json.ts';
import { objectRule, type Rule } from '../rule.ts';
import { nameOf, ofKind } from '../world.ts';

/** How many pods there are, and how they come and go. */
export const scalingRules: readonly Rule[] = [
  objectRule(
    'rolling-update',
    ['kube-linter no-rolling-update-strategy', 'polaris deploymentStrategy'],
    ['Deployment'],
    function* ({ object }) {
      if (get(object, 'spec', 'strategy', 'type') !== 'RollingUpdate')
        yield 'needs the strategy RollingUpdate';
      if (get(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') !== 0)
        yield 'needs maxUnavailable 0';
      if (get(object, 'spec', 'revisionHistoryLimit') === undefined) yield 'needs a revisionHistoryLimit';
    },
  ),
  objectRule(
    'replicas',
    [
      'kube-score deployment-targeted-by-hpa-does-not-have-replicas-configured',
      'kube-linter minimum-three-replicas',
    ],
    ['Deployment'],
    function* (document, world) {
      const replicas = get(document.object, 'spec', 'replicas');
      const scaled = ofKind(world, 'HorizontalPodAutoscaler').some(
        (one) => get(one.object, 'spec', 'scaleTargetRef', 'name') === nameOf(document),
      );
      if (scaled && replicas !== undefined) yield 'must leave replicas to its HorizontalPodAutoscaler';
      if (!scaled && !(Number(replicas) >= 2)) yield 'needs at least two replicas';
    },
  ),
  objectRule(
    'autoscaler-bounds',
    ['kube-linter hpa-minimum-three-replicas', 'kube-score horizontalpodautoscaler-replicas'],
    ['HorizontalPodAutoscaler'],
    function* ({ object }) {
      const { maxReplicas, minReplicas } = tree(get(object, 'spec'));
      if (!(Number(minReplicas) >= 3)) yield 'needs minReplicas of at least 3';
      if (!(Number(maxReplicas) > Number(minReplicas))) yield 'needs maxReplicas above minReplicas';
    },
  ),
  objectRule(
    'disruption-budget',
    [
      'kube-linter pdb-max-unavailable',
      'kube-linter pdb-min-available',
      'kube-linter pdb-unhealthy-pod-eviction-policy',
      'kube-score deployment-has-poddisruptionbudget',
      'polaris missingPodDisruptionBudget',
    ],
    ['PodDisruptionBudget'],
    function* ({ object }) {
      const { maxUnavailable, minAvailable, unhealthyPodEvictionPolicy } = tree(get(object, 'spec'));
      if ((maxUnavailable === undefined) === (minAvailable === undefined))
        yield 'needs exactly one of maxUnavailable and minAvailable';
      if (maxUnavailable === 0 || maxUnavailable === '0%' || minAvailable === '100%')
        yield 'must allow a disruption';
      if (unhealthyPodEvictionPolicy !== 'AlwaysAllow') yield 'needs unhealthyPodEvictionPolicy AlwaysAllow';
    },
  ),
  objectRule(
    'job-limits',
    ['kube-linter job-ttl-seconds-after-finished', 'kube-score cronjob-has-deadline'],
    ['Job', 'CronJob'],
    function* ({ object }) {
      const isCron = object.kind === 'CronJob';
      const job = tree(isCron ? get(object, 'spec', 'jobTemplate', 'spec') : get(object, 'spec'));
      for (const field of ['ttlSecondsAfterFinished', 'backoffLimit', 'activeDeadlineSeconds']) {
        if (job[field] === undefined) yield `needs ${field}`;
      }
      if (isCron && get(object, 'spec', 'startingDeadlineSeconds') === undefined)
        yield 'needs startingDeadlineSeconds';
      if (isCron && get(object, 'spec', 'concurrencyPolicy') !== 'Forbid')
        yield 'needs concurrencyPolicy Forbid';
    },
  ),
];
