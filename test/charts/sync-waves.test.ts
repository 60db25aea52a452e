import { expect } from 'chai';
import { documentsOf, type Loose } from './support/synthesized.ts';

const external: Readonly<Record<string, string>> = {
  eks: 'eks.secretsRoleArn=arn:aws:iam::123456789012:role/auth',
  gke: 'gke.secretsServiceAccount=auth@your-project.iam.gserviceaccount.com',
  aks:
    'aks.vaultUrl=https://v.vault.azure.net,aks.secretsClientId=11111111-1111-4111-8111-111111111111,' +
    'aks.tenantId=11111111-1111-4111-8111-111111111111',
};

const annotationsOf = ({ metadata }: Loose): Record<string, string> => metadata.annotations ?? {};
/** As Argo CD reads it: without the annotation, the wave is 0. */
const waveOf = (object: Loose): number => Number(annotationsOf(object)['argocd.argoproj.io/sync-wave'] ?? 0);

describe('charts: waves of Argo CD', () => {
  for (const cloud of ['eks', 'gke', 'aks'] as const)
    it(`let the migration run after what it needs and before the Deployment, on ${cloud}`, () => {
      const sets = ['migrations.mode=job,secrets.source=external', external[cloud] ?? ''];
      const objects: Loose[] = documentsOf(cloud, ...sets).map(({ object }) => object);
      const job = objects.find(({ kind }) => kind === 'Job');
      const needed = [
        'Namespace',
        'PriorityClass',
        'ServiceAccount',
        'NetworkPolicy',
        'ExternalSecret',
        'SecretStore',
      ];
      for (const kind of needed) {
        const [first] = objects.filter((object) => object.kind === kind);
        expect(waveOf(first), kind).to.be.lessThan(waveOf(job));
      }
      const names = JSON.stringify(job.spec);
      const read = objects.filter(
        ({ kind, metadata }) => kind === 'ConfigMap' && names.includes(`"${metadata.name}"`),
      );
      expect(read).not.to.deep.equal([]);
      for (const one of read) expect(waveOf(one), one.metadata.name).to.be.lessThan(waveOf(job));
      const later = objects.filter(({ kind }) =>
        ['Deployment', 'CronJob', 'HorizontalPodAutoscaler'].includes(kind),
      );
      for (const one of later) expect(waveOf(one), one.kind).to.be.greaterThan(waveOf(job));
    });

  it('make the migration a hook of the phase Sync, so that its deletion is no difference', () => {
    const [job] = documentsOf('eks', 'migrations.mode=job').filter(({ object }) => object.kind === 'Job');
    expect(annotationsOf(job?.object)).to.include({
      'argocd.argoproj.io/hook': 'Sync',
      'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation',
    });
  });

  it('are absent while the pods migrate', () => {
    const objects = documentsOf('eks').map(({ object }) => object);
    expect(objects.map(waveOf)).to.deep.equal(objects.map(() => 0));
  });
});
