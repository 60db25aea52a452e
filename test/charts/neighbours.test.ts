import { expect } from 'chai';
import { type Neighbour, titleOf } from './support/neighbours/neighbour.ts';
import {
  foreignExpressions,
  foreignReferences,
  foreignSelections,
  sharedClaims,
} from './support/neighbours/shared.ts';
import { twentyInstallations } from './support/neighbours/twenty.ts';
import type { Loose } from './support/synthesized.ts';

describe('charts: the check of several installations', function () {
  this.timeout(120_000);
  const first = (neighbour: Neighbour | undefined, kind: string): Loose => {
    const found = (neighbour?.documents ?? []).find(({ object }) => object.kind === kind);
    if (!found) throw new Error(`no ${kind}`);
    return found.object;
  };
  const pair = (): Neighbour[] =>
    structuredClone(
      twentyInstallations('eks').filter((one) => /^auth-system\/(auth|staging)$/.test(titleOf(one))),
    );

  it('finds nothing in two installations of one namespace', () => {
    const check = (neighbours: Neighbour[]) => [
      ...sharedClaims(neighbours),
      ...foreignSelections(neighbours),
      ...foreignReferences(neighbours),
      ...foreignExpressions(neighbours),
    ];
    expect(pair()).to.have.length(2);
    expect(check(pair())).to.deep.equal([]);
  });

  const claims: readonly (readonly [string, (auth: Neighbour | undefined) => void, string])[] = [
    [
      'a PriorityClass',
      (auth) => Object.assign(first(auth, 'PriorityClass').metadata, { name: 'staging.auth-system' }),
      'scheduling.k8s.io PriorityClass /staging.auth-system',
    ],
    [
      'a Service',
      (auth) => Object.assign(first(auth, 'Service').metadata, { name: 'staging' }),
      'Service auth-system/staging',
    ],
    [
      'a Secret',
      (auth) =>
        Object.assign(
          first(auth, 'Deployment').spec.template.spec.volumes.find((one: Loose) => one.secret).secret,
          { secretName: 'staging-owner-role' },
        ),
      'Secret staging-owner-role of auth-system',
    ],
    [
      'a rule group',
      (auth) =>
        Object.assign(first(auth, 'PrometheusRule').spec.groups[0], {
          name: 'staging.auth-system-symptoms',
        }),
      'group staging.auth-system-symptoms',
    ],
  ];
  for (const [what, change, claim] of claims)
    it(`finds ${what} that two share`, () => {
      const [auth, staging] = pair();
      change(auth);
      expect(sharedClaims([auth, staging].flatMap((one) => one ?? []))).to.deep.equal([
        `${claim}: auth-system/auth and auth-system/staging`,
      ]);
    });

  const selectors: readonly (readonly [string, string, (spec: Loose) => void])[] = [
    [
      'a Service',
      'Service auth',
      (spec) => Object.assign(spec, { selector: { 'app.kubernetes.io/component': 'api' } }),
    ],
    ['a PodDisruptionBudget', 'PodDisruptionBudget auth', (spec) => Object.assign(spec, { selector: {} })],
    [
      'a Deployment',
      'Deployment auth',
      (spec) =>
        Object.assign(spec, {
          selector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['other'] }] },
        }),
    ],
    [
      'a NetworkPolicy',
      'NetworkPolicy auth',
      (spec) =>
        Object.assign(spec, { podSelector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }),
    ],
    [
      'a PodMonitor',
      'PodMonitor auth',
      (spec) => Object.assign(spec, { selector: { matchLabels: { 'app.kubernetes.io/component': 'api' } } }),
    ],
  ];
  for (const [what, title, change] of selectors)
    it(`finds ${what} that selects another one's pods`, () => {
      const both = pair();
      const kind = title.split(' ')[0] ?? '';
      const object = first(both[0], kind);
      object.metadata.name = 'auth';
      change(object.spec);
      expect(foreignSelections(both)).to.include(
        `auth-system/auth: ${title} selects something of auth-system/staging`,
      );
    });

  it('finds a selector that selects nothing, and an anti-affinity that counts the pods of another one', () => {
    const both = pair();
    first(both[0], 'Service').spec.selector = { app: 'nobody' };
    const { spec } = first(both[1], 'Deployment').spec.template;
    spec.topologySpreadConstraints[0].labelSelector = {
      matchLabels: { 'app.kubernetes.io/component': 'api' },
    };
    expect(foreignSelections(both)).to.deep.equal([
      'auth-system/auth: Service auth selects nothing of its own',
      'auth-system/staging: Deployment staging spread selects something of auth-system/auth',
    ]);
  });

  it('finds a reference to an object of another one', () => {
    const both = pair();
    first(both[0], 'HorizontalPodAutoscaler').spec.scaleTargetRef.name = 'staging';
    first(both[1], 'Deployment').spec.template.spec.serviceAccountName = 'auth';
    expect(foreignReferences(both)).to.deep.equal([
      'auth-system/auth: HorizontalPodAutoscaler refers to Deployment auth-system/staging',
      'auth-system/staging: Deployment refers to ServiceAccount auth-system/auth',
    ]);
  });

  it('finds an expression without the labels of its installation', () => {
    const both = pair();
    const [rule] = first(both[0], 'PrometheusRule').spec.groups[0].rules;
    for (const [expr, metric] of [
      ['up == 0', 'up{}'],
      ['max(auth_degraded{namespace="auth-system"})', 'auth_degraded{namespace="auth-system"}'],
      ['kube_pod_info{pod=~"(auth|staging)-.*"}', 'kube_pod_info{pod=~"(auth|staging)-.*"}'],
    ]) {
      rule.expr = expr;
      expect(foreignExpressions(both)).to.deep.equal([
        `auth-system/auth: ${metric} reads series of auth-system/staging`,
      ]);
    }
  });
});
