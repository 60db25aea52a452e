import { expect } from 'chai';
import { choicesOf } from '../../charts-ts/checks/choices.ts';
import { warningsOf } from '../../charts-ts/checks/warnings.ts';
import { parseCommandLine, synthHelp } from '../../charts-ts/command-line.ts';
import { ruleIds, rules, validateManifests } from '../../charts-ts/gate/gate.ts';
import { clouds } from '../../charts-ts/values/schema-clouds.ts';
import { documentsOf, valuesOf } from './support/synthesized.ts';

/** Values that weaken the installation on purpose, and the warning of synth. */
const choices: readonly (readonly [set: string, warning: string])[] = [
  [
    'networkPolicy.enabled=false',
    'networkPolicy.enabled is false: every pod that can reach these pods may use the service and read its metrics (the gate skips network-policy)',
  ],
  [
    'ingress.tls=false',
    'ingress.tls is false: passwords and tokens reach the load balancer unencrypted, unless something in front of it ends TLS (the gate skips ingress-tls)',
  ],
  [
    'secrets.delivery=env',
    'secrets.delivery is env: a reader of the environment of the process sees the secrets, and a changed secret needs a restart (the gate skips secrets-as-files)',
  ],
  [
    'autoscaling.minReplicas=1',
    'autoscaling.minReplicas is 1: each restart, eviction or failed node stops the service until its pod has started again (the gate skips autoscaler-bounds)',
  ],
  [
    'autoscaling.minReplicas=2',
    'autoscaling.minReplicas is 2: one failed zone or node may leave a single pod (the gate skips autoscaler-bounds)',
  ],
  [
    'autoscaling.minReplicas=20',
    'autoscaling.maxReplicas is autoscaling.minReplicas: the autoscaler never adds a pod (the gate skips autoscaler-bounds)',
  ],
  [
    'autoscaling.enabled=false,replicas=1',
    'replicas is 1: each restart, eviction or failed node stops the service until its pod has started again (the gate skips replicas)',
  ],
  [
    'autoscaling.enabled=false,replicas=null',
    'replicas is null: an autoscaler of your own must set the number of pods, which is 1 until then (the gate skips replicas)',
  ],
  [
    'rollout.maxUnavailable=10%',
    'rollout.maxUnavailable is 10%: a rollout stops pods before their replacements are ready (the gate skips rolling-update)',
  ],
  [
    'scheduling.priorityClass.create=false,scheduling.priorityClass.name=null',
    'scheduling.priorityClass.name is null: a full node may evict these pods before those of services that need them (the gate skips priority-class)',
  ],
  [
    'scheduling.topologySpread=[]',
    'scheduling.topologySpread has no constraint with the topologyKey kubernetes.io/hostname: all pods may run on one node (the gate skips anti-affinity, topology-spread)',
  ],
  [
    'database.maxConnections=399',
    'database.maxConnections is 399: a rollout at the largest number of pods may need 400, while 25 pods run and 15 drain, and Postgres then refuses some of them',
  ],
  [
    'monitoring.rules.enabled=false',
    'monitoring.rules.enabled is false: panels of the dashboards are empty, unless your Prometheus has the rules of docs/dashboards/prometheus-rules.yaml',
  ],
  ['gate.allow={volumes,labels}', 'gate.allow: the gate skips volumes, labels'],
];

describe('charts: choices of the operator', () => {
  it('are none by default', () => {
    for (const cloud of clouds) expect(warningsOf(valuesOf(cloud))).to.deep.equal([]);
  });

  for (const [set, warning] of choices)
    it(`warn of ${set}`, () => {
      expect(warningsOf(valuesOf('eks', set))).to.deep.equal([`warning: eks: ${warning}`]);
    });

  it('skip exactly the rules that their manifests break, so that the gate accepts them', async () => {
    for (const [set] of choices) {
      const { kubernetesVersion } = valuesOf('eks', set);
      const findings = await validateManifests(documentsOf('eks', set), { kubernetesVersion, allow: [] });
      const broken = findings.map((finding) => /\[([a-z-]+)[^[]*\]$/.exec(finding)?.[1]);
      const skipped = choicesOf(valuesOf('eks', set)).flatMap((choice) => choice.rules);
      expect([...new Set(broken)].sort(), set).to.deep.equal([...new Set(skipped)].sort());
    }
  });
});

describe('charts: --allow and --help', () => {
  it('refuses a rule in gate.allow that does not exist, with its index and the list', () => {
    expect(() => valuesOf('eks', 'gate.allow={volumes,probe}')).to.throw(
      /^gate\.allow\[1\]: must be one of image-pinned, image-pull-policy, .*, unknown-kind$/,
    );
  });

  it('takes any rule, repeatedly, and refuses others with the list', () => {
    expect(
      parseCommandLine(['--cloud', 'eks', '--allow', 'volumes', '--allow', 'labels']).allow,
    ).to.deep.equal(['volumes', 'labels']);
    expect(() => parseCommandLine(['--cloud', 'eks', '--allow', 'volume'])).to.throw(
      `--allow volume: must be one of ${ruleIds.join(', ')}`,
    );
    expect(() => parseCommandLine(['--target', 'ecs', '--allow', 'volumes'])).to.throw(
      '--allow: is for eks, gke, aks only',
    );
    expect(ruleIds).to.include.members(rules.map(({ id }) => id));
  });

  it('explains each option in one line', () => {
    const lines = synthHelp.split('\n');
    for (const option of [
      '-f, --values FILE',
      '--set-file KEY=PATH',
      '--allow RULE',
      '--profile SIZE',
      '-h, --help',
    ])
      expect(
        lines.filter((line) => line.startsWith(`  ${option} `)),
        option,
      ).to.have.length(1);
    const ofOptions = lines.slice(lines.indexOf('Options:'));
    expect(Math.max(...ofOptions.map((line) => line.length))).to.be.below(110);
  });
});
