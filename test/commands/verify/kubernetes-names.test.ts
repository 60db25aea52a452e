import { expect } from 'chai';
import { runChecks } from '../../../app/commands/checks/run-checks.ts';
import { kubernetesChecks } from '../../../app/commands/verify/kubernetes/checks.ts';
import type { Kubectl } from '../../../app/commands/verify/kubernetes/kubectl.ts';

const deployment = {
  metadata: { generation: 1 },
  spec: {
    replicas: 1,
    template: {
      spec: {
        volumes: [
          { name: 'secrets', secret: { secretName: 'staging-credentials' } },
          { name: 'more', projected: { sources: [{ secret: { name: 'staging-app' } }] } },
        ],
        containers: [{ env: [{ name: 'DB', valueFrom: { secretKeyRef: { name: 'staging-database' } } }] }],
      },
    },
  },
  status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1, observedGeneration: 1 },
};

describe('auth-service verify --k8s --name', () => {
  it('asks for the objects of the installation, and for the secrets that its deployment names', async () => {
    const asked: string[] = [];
    const kubectl: Kubectl = {
      namespace: 'shared',
      name: 'staging',
      object: async (kind, name) => {
        asked.push(`${kind}/${name}`);
        return kind === 'deployment' ? deployment : null;
      },
      list: async (kind, selector) => {
        asked.push(`${kind} ${selector}`);
        return [];
      },
      parts: async (kind, name) => {
        asked.push(`${kind}/${name}`);
        return '';
      },
    };
    await runChecks(kubernetesChecks, kubectl);
    expect([...new Set(asked)]).to.have.members([
      'deployment/staging',
      'endpointslice kubernetes.io/service-name=staging',
      'hpa/staging-hpa',
      'pdb/staging',
      'ingress/staging-ingress',
      'secret/staging-credentials',
      'secret/staging-app',
      'secret/staging-database',
    ]);
  });
});
