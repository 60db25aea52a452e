import { autoscalerFor, autoscalerIn, autoscalerKinds } from '../autoscalers.ts';
import { objectRule, type Rule } from '../rule.ts';
import { asMap, get } from '../untyped.ts';

/** Rules about replicas, rollouts, disruptions and Jobs. */
export const scalingRules: readonly Rule[] = [
  objectRule('rolling-update', ['Deployment'], function* ({ object }) {
    if (get(object, 'spec', 'strategy', 'type') !== 'RollingUpdate')
      yield 'must set spec.strategy.type: RollingUpdate';
    if (get(object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') !== 0)
      yield 'must set spec.strategy.rollingUpdate.maxUnavailable: 0';
    if (get(object, 'spec', 'revisionHistoryLimit') === undefined) yield 'must set spec.revisionHistoryLimit';
  }),
  objectRule('replicas', ['Deployment'], function* (document, manifests) {
    const replicas = get(document.object, 'spec', 'replicas');
    const autoscaler = autoscalerFor(manifests, document);
    if (autoscaler && replicas !== undefined)
      yield `must not set spec.replicas, because a ${autoscaler.document.object.kind} sets it`;
    if (!autoscaler && !(Number(replicas) >= 2)) yield 'must set spec.replicas to 2 or more';
  }),
  objectRule('autoscaler-bounds', autoscalerKinds, function* (document) {
    const { fields, maximum, minimum } = autoscalerIn(document);
    if (!(minimum >= 3)) yield `must set ${fields[0]} to 3 or more`;
    if (!(maximum > minimum)) yield `must set ${fields[1]} above ${fields[0]}`;
  }),
  objectRule('disruption-budget', ['PodDisruptionBudget'], function* ({ object }) {
    const { maxUnavailable, minAvailable, unhealthyPodEvictionPolicy } = asMap(get(object, 'spec'));
    if ((maxUnavailable === undefined) === (minAvailable === undefined))
      yield 'must set exactly one of maxUnavailable and minAvailable';
    if (maxUnavailable === 0 || maxUnavailable === '0%' || minAvailable === '100%')
      yield 'must allow the eviction of at least one pod';
    if (unhealthyPodEvictionPolicy !== 'AlwaysAllow')
      yield 'must set unhealthyPodEvictionPolicy: AlwaysAllow';
  }),
  objectRule('job-limits', ['Job', 'CronJob'], function* ({ object }) {
    const isCron = object.kind === 'CronJob';
    const job = asMap(isCron ? get(object, 'spec', 'jobTemplate', 'spec') : get(object, 'spec'));
    for (const field of ['ttlSecondsAfterFinished', 'backoffLimit', 'activeDeadlineSeconds']) {
      if (job[field] === undefined) yield `must set ${field}`;
    }
    if (isCron && get(object, 'spec', 'startingDeadlineSeconds') === undefined)
      yield 'must set startingDeadlineSeconds';
    if (isCron && get(object, 'spec', 'concurrencyPolicy') !== 'Forbid')
      yield 'must set concurrencyPolicy: Forbid';
  }),
];
