import { expect } from 'chai';
import { rules, validateManifests } from '../../charts-ts/gate/gate.ts';
import { scannerIds } from '../../charts-ts/gate/scanner-ids.ts';
import { unknownFields128 } from '../../charts-ts/gate/schemas/kubernetes-1-28.ts';
import { ruleViolations } from './support/rule-violations.ts';
import { configurationOf, documentsOf, type Loose, only, variants } from './support/synthesized.ts';

const strict = { kubernetesVersion: '1.28', allow: [] } as const;

async function faultsAfter(change: (documents: ReturnType<typeof documentsOf>) => void): Promise<string[]> {
  const documents = documentsOf('eks');
  change(documents);
  return validateManifests(documents, strict);
}

describe('charts: gate', () => {
  for (const [cloud, ...sets] of variants) {
    it(`finds nothing in ${cloud} ${sets.join(' ').slice(0, 80)}`, async () => {
      expect(await validateManifests(documentsOf(cloud, ...sets), strict)).to.eql([]);
    });
  }

  it('has a fixture for every rule', () => {
    expect(Object.keys(ruleViolations).sort()).to.eql(rules.map(({ id }) => id).sort());
  });

  it('maps only its own rules to other scanners', () => {
    expect(rules.map(({ id }) => id)).to.include.members(Object.keys(scannerIds));
  });

  for (const { id } of rules) {
    it(`refuses by ${id}, in other scanners ${scannerIds[id] ?? 'none'}`, async () => {
      const faults = await faultsAfter(ruleViolations[id] ?? (() => undefined));
      expect(faults.filter((fault) => /\[([a-z-]+)/.exec(fault)?.[1] === id)).not.to.eql([]);
    });
  }

  it('skips a rule that the options allow to break', async () => {
    const documents = documentsOf('eks', 'secrets.delivery=env');
    expect(await validateManifests(documents, strict)).to.not.eql([]);
    expect(await validateManifests(documents, { ...strict, allow: ['secrets-as-files'] })).to.eql([]);
  });
});

/** A change to valid manifests, and the end of the finding that it must cause. */
const schemaFaults: [string, (documents: ReturnType<typeof documentsOf>) => void, string][] = [
  [
    'a misspelt field of a container',
    (all) => {
      only(all, 'Deployment').spec.template.spec.containers[0].livnessProbe = {};
    },
    'spec.template.spec.containers[0].livnessProbe is not a known field [schema]',
  ],
  [
    'a field that no type has',
    (all) => {
      only(all, 'HorizontalPodAutoscaler').spec.bogus = 1;
    },
    'spec.bogus is not a known field [schema]',
  ],
  [
    'a misspelt field of a custom resource',
    (all) => {
      only(all, 'ServiceMonitor').spec.endpoints[0].intervall = '30s';
    },
    'spec.endpoints[0].intervall is not a known field [schema]',
  ],
  [
    'a field of the wrong type',
    (all) => {
      only(all, 'Deployment').spec.minReadySeconds = 'ten';
    },
    '[schema]',
  ],
  [
    'a missing field',
    (all) => {
      delete only(all, 'HorizontalPodAutoscaler').spec.maxReplicas;
    },
    '[schema]',
  ],
  [
    'a field that 1.28 drops',
    (all) => {
      only(all, 'Service').spec.trafficDistribution = 'PreferClose';
    },
    'spec.trafficDistribution is not a field of Kubernetes 1.28, which drops it without an error [schema]',
  ],
  [
    'a hook that 1.28 drops',
    (all) => {
      only(all, 'Deployment').spec.template.spec.containers[0].lifecycle = {
        preStop: { sleep: { seconds: 5 } },
      };
    },
    'spec.template.spec.containers[0].lifecycle.preStop.sleep is not a field of Kubernetes 1.28, which drops it without an error [schema]',
  ],
  [
    'a kind without a schema',
    (all) => {
      const metadata = { name: 'x', namespace: 'auth-system' };
      all.push({ file: 'x.yaml', object: { apiVersion: 'apps/v1', kind: 'Deploymint', metadata } });
    },
    'the gate has no schema for the kind apps/v1 Deploymint [unknown-kind]',
  ],
  [
    'a version that is no longer served',
    (all) => {
      const metadata = { name: 'x', namespace: 'auth-system' };
      all.push({
        file: 'x.yaml',
        object: { apiVersion: 'policy/v1beta2', kind: 'PodDisruptionBudget', metadata },
      });
    },
    'the gate has no schema for the kind policy/v1beta2 PodDisruptionBudget [unknown-kind]',
  ],
];

describe('charts: schemas', () => {
  for (const [what, change, line] of schemaFaults) {
    it(`refuse ${what}`, async () => {
      const faults = await faultsAfter(change);
      expect(faults.some((fault) => fault.endsWith(line))).to.equal(true, faults.join('\n'));
    });
  }

  it('of the AWS controller refuse unknown fields', async () => {
    const documents = documentsOf('eks', 'ingress.kind=gateway');
    only(documents, 'TargetGroupConfiguration').spec.defaultConfiguration.bogus = 1;
    expect((await validateManifests(documents, strict)).join()).to.contain('bogus');
  });

  it('take newer fields where the values ask for a newer Kubernetes', async () => {
    const documents = documentsOf('eks', 'kubernetesVersion=newest,service.trafficDistribution=PreferClose');
    expect(await validateManifests(documents, { kubernetesVersion: 'newest', allow: [] })).to.eql([]);
  });

  it('of 1.28 know every core kind that is synthesized', () => {
    for (const [cloud, ...sets] of variants) {
      for (const { object } of documentsOf(cloud, ...sets)) {
        const isCore = !/\.(io|com|aws)\//.test(object.apiVersion) || object.apiVersion.includes('.k8s.io/');
        if (isCore && !object.apiVersion.startsWith('gateway.'))
          expect(unknownFields128(object)).to.eql([], object.kind);
      }
    }
  });

  it('do not mistake labels, annotations, quantities or data for fields', async () => {
    const documents = documentsOf('eks');
    const added: Loose = configurationOf(documents);
    added.data.ANYTHING = 'x';
    added.metadata.annotations = { 'example.com/a.b': 'c' };
    expect(await validateManifests(documents, strict)).to.eql([]);
  });
});
