import { expect } from 'chai';
import { warningsOf } from '../../charts-ts/checks/warnings.ts';
import { documentsOf, type Loose, only, valuesOf } from './support/synthesized.ts';

const templateOf = (object: Loose): Loose => object.spec.jobTemplate?.spec.template ?? object.spec.template;
const selects = (selector: Loose, labels: Loose): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);

const backups = ['backup.enabled=true,backup.claim=auth-backups', 'migrations.mode=job'];

describe('charts: the default deny', () => {
  const deny = (...sets: string[]) =>
    only(documentsOf('eks', ...sets), 'NetworkPolicy', 'auth-service-default-deny').spec;

  it('selects every pod of the installation, and no pod of others in the namespace', () => {
    const pods = documentsOf('eks', ...backups)
      .filter(({ object }) => ['Deployment', 'CronJob', 'Job'].includes(object.kind))
      .map(({ object }) => templateOf(object).metadata.labels);
    expect(pods).to.have.length.above(3);
    const { podSelector } = deny(...backups);
    for (const labels of pods) expect(selects(podSelector, labels)).to.equal(true);
    for (const labels of [{}, { app: 'shop' }, { 'app.kubernetes.io/name': 'shop' }])
      expect(selects(podSelector, labels)).to.equal(false);
  });

  it('selects all pods of the namespace only if the values say so', () => {
    expect(selects(deny('networkPolicy.defaultDeny=namespace').podSelector, { app: 'shop' })).to.equal(true);
  });
});

describe('charts: no policy', () => {
  const sets = [
    'networkPolicy.cilium.enabled=true,database.peers[0].fqdn=db.example.com,redis.peers[0].entity=cluster',
    'networkPolicy.prometheus=[]',
    'networkPolicy.callers[0].entity=cluster',
  ];

  it('has a rule without peers or without ports, which would allow everything', () => {
    for (const more of [[], sets, backups]) {
      const policies = documentsOf('eks', ...more).filter(({ object }) => object.kind === 'NetworkPolicy');
      const rules: Loose[] = policies.flatMap(({ object }: Loose) => [
        ...(object.spec.ingress ?? []),
        ...(object.spec.egress ?? []),
      ]);
      expect(rules).to.have.length.above(2);
      for (const { from, ports, to } of rules) {
        expect(from ?? to).to.have.length.above(0);
        expect(ports).to.have.length.above(0);
        for (const peer of from ?? to) expect(Object.keys(peer)).to.have.length.above(0);
      }
    }
  });
});

describe('charts: warnings about the network', () => {
  const warnings = (cloud: 'eks' | 'aks', ...sets: string[]) =>
    warningsOf(valuesOf(cloud, ...sets)).join('\n');

  it('name a path that the service does not have', () => {
    const path = (text: string) =>
      warnings('eks', `ingress.hosts[0].host=a.corp.io,ingress.hosts[0].paths[0].path=${text}`);
    expect(path('/identity')).to.equal(
      'warning: eks: ingress.hosts[0].paths[0].path: is /identity, under which the service answers 404, unless the controller rewrites it to /api/v1 or /.well-known',
    );
    for (const served of ['/', '/api', '/api/v1/', '/api/v1/auth', '/.well-known/jwks.json'])
      expect(path(served)).to.equal('');
  });

  it('say nothing about the defaults', () => {
    expect(warnings('eks')).to.equal('');
    expect(warnings('aks')).to.equal('');
  });

  for (const [cloud, sets, line] of [
    [
      'eks',
      'ingress.kind=none',
      'warning: eks: networkPolicy.callers: is empty and ingress.kind is none, so that no other pod can call the service',
    ],
    [
      'eks',
      'networkPolicy.cilium.enabled=true',
      'warning: eks: networkPolicy.cilium.enabled: has no effect, because no peer has fqdn or entity',
    ],
    [
      'aks',
      'networkPolicy.callers[0].namespace=shop',
      'warning: aks: networkPolicy.callers: these pods are in aks.proxyCidrs, so that they can name any address as that of their client in X-Forwarded-For',
    ],
    [
      'eks',
      'ingress.kind=none,service.type=LoadBalancer',
      'warning: eks: service.type: is LoadBalancer, which exposes the API without TLS unless annotations of the Service or a proxy add it',
    ],
    [
      'eks',
      'ingress.className=nginx,ingress.controller.peers[0].namespace=ingress-nginx,ingress.controller.trustedProxies={10.244.0.0/16},ingress.controller.idleTimeoutSeconds=60',
      'warning: eks: ingress.className: is nginx; if this is ingress-nginx, it is retired and gets no security fixes',
    ],
  ] as const) {
    it(`name ${sets.split(',')[0]}`, () => expect(warnings(cloud, sets)).to.equal(line));
  }

  it('stop with a caller', () => {
    expect(warnings('eks', 'ingress.kind=none,networkPolicy.callers[0].namespace=shop')).to.equal('');
  });
});
