import { expect } from 'chai';
import { connects, type Endpoint } from './support/network-model.ts';
import { documentsOf, type Loose, only } from './support/synthesized.ts';

const documents = documentsOf(
  'eks',
  'namespace.name=platform,namespace.create=false,backup.enabled=true,backup.claim=backups',
  'networkPolicy.callers[0].namespace=shop,networkPolicy.callers[0].podLabels.app=checkout',
  'networkPolicy.extraEgress[0].peers[0].cidr=192.0.2.0/24,networkPolicy.extraEgress[0].ports[0].port=30000',
  'networkPolicy.extraEgress[0].ports[0].endPort=30100,networkPolicy.extraEgress[0].ports[0].protocol=UDP',
  'database.peers[0].cidr=10.20.0.0/16,database.peers[0].except[0]=10.20.9.0/24',
  'redis.peers[0].podSelector.matchExpressions[0].key=redis,redis.peers[0].podSelector.matchExpressions[0].operator=Exists',
);
const platform = { namespace: 'platform', namespaceLabels: { team: 'platform' } };
const ports = { http: 8000, metrics: 9464 };
const pod = (template: Loose, ip: string): Endpoint => ({
  ...platform,
  ip,
  ports,
  labels: template.metadata.labels,
});
const jobOf = (name: string): Loose => only(documents, 'CronJob', name).spec.jobTemplate.spec.template;

const api = pod(only(documents, 'Deployment').spec.template, '10.244.0.1');
const purge = pod(jobOf('auth-service-purge'), '10.244.0.2');
const backup = pod(jobOf('auth-service-backup'), '10.244.0.3');
const stranger: Endpoint = { ...platform, ip: '10.244.0.4', labels: { app: 'wiki' } };
const redis: Endpoint = { ...platform, ip: '10.244.0.5', labels: { redis: 'main' } };
const checkout: Endpoint = { ip: '10.244.1.1', namespace: 'shop', labels: { app: 'checkout' } };
const cart: Endpoint = { ip: '10.244.1.2', namespace: 'shop', labels: { app: 'cart' } };
const prometheus: Endpoint = {
  ip: '10.244.2.1',
  namespace: 'monitoring',
  labels: { 'app.kubernetes.io/name': 'prometheus' },
};
const dns: Endpoint = { ip: '10.244.3.1', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } };
const loadBalancer: Endpoint = { ip: '10.0.17.9' };
const postgres: Endpoint = { ip: '10.20.1.1' };

type Connection = readonly [what: string, from: Endpoint, to: Endpoint, port: number, protocol?: string];

const allowed: readonly Connection[] = [
  ['the load balancer calls the API', loadBalancer, api, 8000],
  ['a caller of another namespace calls the API', checkout, api, 8000],
  ['Prometheus scrapes', prometheus, api, 9464],
  ['the API asks DNS', api, dns, 53, 'UDP'],
  ['the API connects to Postgres', api, postgres, 5432],
  ['the API connects to Redis in its namespace', api, redis, 6379],
  ['the purge connects to Postgres', purge, postgres, 5432],
  ['a backup connects to Postgres', backup, postgres, 5432],
  ['the API sends to a port of the range', api, { ip: '192.0.2.7' }, 30_050, 'UDP'],
  ['pods of others in the namespace reach each other', stranger, redis, 6379],
  ['pods of others in the namespace reach the world', stranger, { ip: '203.0.113.1' }, 443],
];

const denied: readonly Connection[] = [
  ['another address of the VPC calls the API', { ip: '10.0.40.1' }, api, 8000],
  ['another pod of the namespace calls the API', stranger, api, 8000],
  ['another pod of the namespace of a caller calls the API', cart, api, 8000],
  ['a caller reads the metrics', checkout, api, 9464],
  ['Prometheus calls the API', prometheus, api, 8000],
  ['the load balancer reads the metrics', loadBalancer, api, 9464],
  ['a caller connects to a backup', checkout, backup, 8000],
  ['the API reaches the world', api, { ip: '203.0.113.1' }, 443],
  ['the API reaches an excepted address', api, { ip: '10.20.9.1' }, 5432],
  ['the API connects to another port of Postgres', api, postgres, 22],
  ['the API connects to a pod of others', api, stranger, 6379],
  ['the API sends outside of the range', api, { ip: '192.0.2.7' }, 30_101, 'UDP'],
  ['the API sends to the range by another protocol', api, { ip: '192.0.2.7' }, 30_050],
  ['a backup connects to Redis', backup, redis, 6379],
];

describe('charts: connections in a shared namespace', () => {
  for (const [what, from, to, port, protocol] of allowed)
    it(`${what}`, () => expect(connects(documents, from, to, port, protocol)).to.equal(true));

  for (const [what, from, to, port, protocol] of denied)
    it(`never: ${what}`, () => expect(connects(documents, from, to, port, protocol)).to.equal(false));
});

describe('the model of network policies', () => {
  it('finds a rule that admits everybody, and a default deny for all pods', () => {
    const changed = structuredClone(documents);
    only(changed, 'NetworkPolicy', 'auth-service-callers').spec.ingress[0].from = [];
    only(changed, 'NetworkPolicy', 'auth-service-default-deny').spec.podSelector = {};
    expect(connects(changed, cart, api, 8000)).to.equal(true);
    expect(connects(changed, stranger, { ip: '203.0.113.1' }, 443)).to.equal(false);
  });
});
