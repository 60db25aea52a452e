import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Outcome } from '../../app/commands/checks/check.ts';
import { runChecks } from '../../app/commands/checks/run-checks.ts';
import { kubernetesChecks } from '../../app/commands/verify/kubernetes/checks.ts';
import { createKubectl } from '../../app/commands/verify/kubernetes/kubectl.ts';
import { createIssuer } from './support/issued-certificates.ts';
import { need } from './support/tools.ts';

const host = 'api.yourdomain.com';

/** The API server stores what its controllers would write: an API server alone is enough, and it checks every object. */
describe('auth-service verify --k8s, on a real API server', function () {
  this.timeout(120_000);
  const namespace = `verify-${randomBytes(4).toString('hex')}`;
  let folder: string;

  const kubectl = (args: readonly string[], input?: string): string =>
    execFileSync('kubectl', [...args], { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
  const apply = (...objects: object[]): void => {
    for (const object of objects)
      kubectl(['apply', '--namespace', namespace, '-f', '-'], JSON.stringify(object));
  };
  const patch = (kind: string, name: string, status: object): void =>
    void kubectl([
      ...['patch', kind, name, '--namespace', namespace, '--subresource=status', '--type=merge'],
      ...['--patch', JSON.stringify({ status })],
    ]);

  before(function () {
    need(this, 'kubectl', 'the tools of Kubernetes');
    need(this, 'openssl', 'the Debian package openssl');
    if (!process.env.KUBECONFIG) {
      process.stdout.write('skipped, because KUBECONFIG names no cluster for tests\n');
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'verify-k8s-'));
    kubectl(['create', 'namespace', namespace]);
    for (const file of ['20-service', '31-deployment', '32-autoscaling', '33-disruption-budget']) {
      const text = readFileSync(`k8s-out/eks/${file}.yaml`, 'utf8');
      const own = text.replaceAll('namespace: auth-system', `namespace: ${namespace}`);
      kubectl(['apply', '-f', '-'], own);
    }
  });
  after(() => {
    if (!folder) return;
    rmSync(folder, { recursive: true, force: true });
    kubectl(['delete', 'namespace', namespace, '--wait=false']);
  });

  const secret = (name: string, certificate?: string): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    stringData: certificate === undefined ? { key: 'value' } : { 'tls.crt': certificate },
  });

  const ingress = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'auth-service-ingress' },
    spec: {
      tls: [{ hosts: [host], secretName: 'tls' }],
      defaultBackend: { service: { name: 'auth-service', port: { name: 'http' } } },
    },
  };

  const endpoints = (ready: boolean): object => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'auth-service-1', labels: { 'kubernetes.io/service-name': 'auth-service' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.244.0.9'], conditions: { ready } }],
    ports: [],
  });

  /** What the controllers write when all is well. */
  function makeRight(): void {
    const deployment = JSON.parse(
      kubectl(['get', 'deployment', 'auth-service', '--namespace', namespace, '-o', 'json']),
    );
    const replicas = Number(deployment.spec.replicas ?? 1);
    const counts = {
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    };
    patch('deployment', 'auth-service', { ...counts, observedGeneration: deployment.metadata.generation });
    const now = new Date().toISOString();
    const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now, reason: 'Any' });
    patch('hpa', 'auth-service-hpa', {
      currentReplicas: 2,
      desiredReplicas: 2,
      conditions: ['AbleToScale', 'ScalingActive'].map(condition),
    });
    patch('pdb', 'auth-service', {
      ...{ disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 },
    });
    const { chainFile } = createIssuer(join(folder, randomBytes(4).toString('hex'))).issue('right', host);
    apply(endpoints(true), ingress, secret('tls', readFileSync(chainFile, 'utf8')), secret('auth-secrets'));
  }
  beforeEach(makeRight);

  const check = (): Promise<Outcome[]> =>
    runChecks(kubernetesChecks, createKubectl({ name: 'auth-service', namespace }));
  const problems = (outcomes: readonly Outcome[]): string[] =>
    outcomes
      .filter(({ finding }) => finding.status !== 'passed')
      .map(({ check: { id }, finding: { message, status } }) => `${status} ${id}: ${message}`);

  it('passes', async () => {
    expect(problems(await check())).to.deep.equal([]);
  });

  it('reports a rollout that is not complete', async () => {
    patch('deployment', 'auth-service', { updatedReplicas: 0, availableReplicas: 0 });
    expect(problems(await check()).join()).to.match(
      /^failed k8s-rollout: 0 of \d+ replicas are updated, 0 are available$/,
    );
  });

  it('reports that no endpoint is ready', async () => {
    apply(endpoints(false));
    expect(problems(await check())).to.deep.equal(['failed k8s-endpoints: No endpoint is ready']);
  });

  it('reports an autoscaler without metrics', async () => {
    const condition = { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric' };
    const able = { type: 'AbleToScale', status: 'True', reason: 'Any' };
    patch('hpa', 'auth-service-hpa', {
      currentReplicas: 2,
      desiredReplicas: 2,
      conditions: [able, { ...condition, message: 'no metrics' }],
    });
    expect(problems(await check())).to.deep.equal([
      'failed k8s-autoscaler: ScalingActive is not true: no metrics',
    ]);
  });

  it('warns of nodes that cannot be drained', async () => {
    patch('pdb', 'auth-service', { disruptionsAllowed: 0 });
    expect(problems(await check())).to.deep.equal([
      'warning k8s-disruption-budget: No disruption is allowed',
    ]);
  });

  it('reports a certificate that expires, and one that is missing', async () => {
    const { chainFile } = createIssuer(join(folder, 'ending')).issue('ending', host, { days: [-40, 2] });
    apply(secret('tls', readFileSync(chainFile, 'utf8')));
    expect(problems(await check())).to.deep.equal(['failed k8s-certificate: 1 days are left']);
    kubectl(['delete', 'secret', 'tls', '--namespace', namespace]);
    expect(problems(await check())).to.deep.equal(['failed k8s-certificate: tls has no certificate']);
  });

  it('reports a secret that is missing', async () => {
    kubectl(['delete', 'secret', 'auth-secrets', '--namespace', namespace]);
    expect(problems(await check())).to.deep.equal(['failed k8s-secret-age: There is no secret auth-secrets']);
  });

  it('skips everything where there is no deployment, and reports a cluster that does not answer', async () => {
    const outcomes = await runChecks(
      kubernetesChecks,
      createKubectl({ name: 'auth-service', namespace: 'default' }),
    );
    expect(outcomes.map(({ finding }) => finding.status)).to.deep.equal([
      'failed',
      ...kubernetesChecks.slice(1).map(() => 'skipped'),
    ]);
    const [first] = await runChecks(
      kubernetesChecks,
      createKubectl({ name: 'auth-service', namespace, context: 'none' }),
    );
    expect(first?.finding.message).to.contain('kubectl: ');
  });
});
