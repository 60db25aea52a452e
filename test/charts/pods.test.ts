import { expect } from 'chai';
import { podExceptions } from '../../charts-ts/checks/pod-exceptions.ts';
import { warningsOf } from '../../charts-ts/checks/warnings.ts';
import { validateManifests } from '../../charts-ts/gate/gate.ts';
import { imageReference } from '../../charts-ts/workload/process.ts';
import { documentsOf, type Loose, only, valuesOf } from './support/synthesized.ts';

const migration = (...sets: string[]): Loose =>
  only(documentsOf('eks', 'migrations.mode=job', ...sets), 'Job');

const references: [repository: string, registry: string, reference: string][] = [
  ['auth-service', 'mirror.example.com', 'mirror.example.com/auth-service:1'],
  ['team/auth', 'mirror.example.com/proxy', 'mirror.example.com/proxy/team/auth:1'],
  ['registry.example.com/auth', 'mirror.example.com', 'mirror.example.com/auth:1'],
  ['registry:5000/team/auth', 'mirror.example.com:443', 'mirror.example.com:443/team/auth:1'],
  ['localhost/auth', 'mirror.example.com', 'mirror.example.com/auth:1'],
];

describe('charts: additions to pods and Jobs', () => {
  for (const [repository, registry, reference] of references)
    it(`name ${repository} in the registry ${registry} as ${reference}`, () => {
      expect(imageReference({ repository, registry, tag: '1' })).to.equal(reference);
    });

  it('set the fields of the migration Job, which stays without a TTL', () => {
    const { spec } = migration(
      'migrations.ttlSecondsAfterFinished=null,migrations.suspend=true',
      'migrations.activeDeadlineSeconds=60,migrations.backoffLimit=0',
    );
    expect(spec).to.include({ suspend: true, activeDeadlineSeconds: 60, backoffLimit: 0 });
    expect(spec).not.to.have.property('ttlSecondsAfterFinished');
  });

  it('give the migration Job a new name with everything in its immutable template', () => {
    const names = [
      [],
      ['commonLabels.team=a'],
      ['commonAnnotations.team=a'],
      ['jobs.podLabels.team=a'],
      ['jobs.podAnnotations.team=a'],
      ['jobs.extraEnv[0].name=TZ,jobs.extraEnv[0].value=UTC'],
      ['podSecurityContext.fsGroup=20000'],
    ].map((sets) => migration(...sets).metadata.name);
    expect(new Set(names)).to.have.length(names.length);
    expect(migration('jobs.labels.team=a').metadata.name).to.equal(names[0]);
  });

  it('warn of values that weaken the installation, with their path', () => {
    const lines = warningsOf(
      valuesOf(
        'eks',
        'image.pullPolicy=IfNotPresent,serviceAccount.automount=true,openshift=true',
        'resources.limits.cpu=null,resources.limits.ephemeralStorage=null',
        'jobs.envFrom[0].secretRef.name=proxy',
      ),
    );
    expect(lines).to.deep.equal([
      'warning: eks: resources.limits.ephemeralStorage: without a limit, a container can fill the disk of its node',
      'warning: eks: jobs.envFrom: synth cannot check variables that it cannot see',
      'warning: eks: serviceAccount.automount: the pods get a token of the API server, which the service does not need',
      'warning: eks: image.pullPolicy: a node may start an older image of the same tag',
    ]);
  });

  it('break no rule of the gate by default', () => {
    for (const cloud of ['eks', 'gke', 'aks'] as const)
      expect(podExceptions(valuesOf(cloud))).to.deep.equal([]);
  });

  it('let the gate refuse a ConfigMap that nobody has named', async () => {
    const documents = documentsOf('eks');
    const [container] = only(documents, 'Deployment').spec.template.spec.containers;
    container.env.push({ name: 'TZ', valueFrom: { configMapKeyRef: { name: 'platform', key: 'tz' } } });
    const options = { kubernetesVersion: '1.28', allow: [] } as const;
    expect(await validateManifests(documents, { ...options, existing: ['platform'] })).to.deep.equal([]);
    expect(await validateManifests(documents, options)).to.deep.equal([
      '31-deployment.yaml Deployment/auth-service: refers to the ConfigMap platform, which does not exist [reference-key]',
    ]);
  });
});
