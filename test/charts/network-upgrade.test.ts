import { expect } from 'chai';
import type { Document } from '../../charts-ts/gate/document.ts';
import { connects, type Endpoint } from './support/network-model.ts';
import { documentsOf, type Loose, only } from './support/synthesized.ts';

const metadata = (name: string) => ({ name, namespace: 'auth-system' });
const policy = (name: string, spec: Loose): Document => {
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(name),
    spec,
  };
  return { file: 'before.yaml', object };
};

/** The policies of 1.0.0 that an upgrade by kubectl apply does not write again, so that they remain. */
const remaining: readonly Document[] = [
  policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  policy('auth-service', {
    podSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'auth-system' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/16' } }], ports: [{ port: 5432, protocol: 'TCP' }] }],
  }),
];

const ports = { http: 8000, metrics: 9464 };
/** A pod of 1.0.0, with the labels of that version. */
const earlier: Endpoint = {
  ip: '10.0.100.1',
  namespace: 'auth-system',
  ports,
  labels: {
    app: 'auth-service',
    'app.kubernetes.io/component': 'api',
    'app.kubernetes.io/instance': 'auth-service',
    'app.kubernetes.io/name': 'auth-service',
    'app.kubernetes.io/part-of': 'auth-system',
  },
};
const postgres: Endpoint = { ip: '10.0.130.1' };
const loadBalancer: Endpoint = { ip: '10.0.1.1' };

describe('charts: an upgrade from the policies of 1.0.0 by kubectl apply', () => {
  const written = documentsOf('eks');
  const { labels } = only(written, 'Deployment').spec.template.metadata;
  const later: Endpoint = { ...earlier, ip: '10.0.100.2', labels };
  const during = [...remaining, ...written];

  for (const [version, pod] of [
    ['1.0.0', earlier],
    ['the new version', later],
  ] as const)
    it(`leaves the pods of ${version} their stores and their clients during the rollout`, () => {
      expect(connects(during, pod, postgres, 5432)).to.equal(true);
      expect(connects(during, loadBalancer, pod, 8000)).to.equal(true);
    });

  it('would cut off the pods of 1.0.0 if the policy of the pods had kept its name', () => {
    const renamed = only(structuredClone(written), 'NetworkPolicy', 'auth-service-pods');
    const replaced = during.map((document) =>
      document.object.metadata?.name === 'auth-service' && document.object.kind === 'NetworkPolicy'
        ? { ...document, object: { ...renamed, metadata: metadata('auth-service') } }
        : document,
    );
    expect(connects(replaced, earlier, postgres, 5432)).to.equal(false);
  });

  it('allows the new pods the same after the old policies have been deleted', () => {
    expect(connects(written, later, postgres, 5432)).to.equal(true);
    expect(connects(written, loadBalancer, later, 8000)).to.equal(true);
    expect(connects(written, { ip: '10.0.40.1' }, later, 8000)).to.equal(false);
  });
});
