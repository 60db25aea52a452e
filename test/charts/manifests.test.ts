import { expect } from 'chai';
import { requiredForKeyPair, requiredForSecret, requiredInProduction } from '../../app/config/config.ts';
import type { Settings } from '../../charts-ts/workload/settings.ts';
import { configurationOf, documentsOf, type Loose, only, valuesOf, variants } from './support/synthesized.ts';

const pods = (documents: ReturnType<typeof documentsOf>): Loose[] => [
  ...documents
    .filter(({ object }) => object.kind === 'Deployment')
    .map(({ object }: Loose) => object.spec.template.spec),
  ...documents
    .filter(({ object }) => object.kind === 'CronJob')
    .map(({ object }: Loose) => object.spec.jobTemplate.spec.template.spec),
];
const containers = (pod: Loose): Loose[] => [...(pod.initContainers ?? []), ...pod.containers];
const config = (...args: Parameters<typeof documentsOf>): Loose => configurationOf(documentsOf(...args)).data;

describe('charts: manifests', () => {
  it("keep the guide's names", () => {
    const all = documentsOf('eks').map(({ object }) => `${object.kind}/${object.metadata?.name}`);
    expect(all).to.include.members([
      'Namespace/auth-system',
      'Deployment/auth-service',
      'Service/auth-service',
      'Ingress/auth-service-ingress',
      'HorizontalPodAutoscaler/auth-service-hpa',
    ]);
    const { selector } = only(documentsOf('eks'), 'Deployment').spec;
    expect(selector.matchLabels).to.eql({ app: 'auth-service' });
  });

  it('give every container what the app requires in production, by name and without envFrom', () => {
    for (const [cloud, ...sets] of variants) {
      const hs256 = valuesOf(cloud, ...sets).jwt.algorithm === 'HS256';
      const required = [...requiredInProduction, ...(hs256 ? requiredForSecret : requiredForKeyPair)];
      for (const { name, env, ...rest } of pods(documentsOf(cloud, ...sets)).flatMap(containers)) {
        const names = env.map(({ name }: Loose) => name.replace(/_FILE$/, ''));
        const ofOthers = name === 'port-keeper' ? ['KEEPER_PORT', 'LOG_FORMAT'] : ['DB_PRIMARY_DB_URL'];
        expect(names).to.include.members(name === 'auth-service' ? required : ofOthers);
        expect(rest).not.to.have.property('envFrom');
      }
    }
  });

  it('do not compile without a required variable', () => {
    const take = (settings: Settings) => expect(settings).to.be.an('object');
    const text = { text: '' };
    const url = { secret: 'db-url' } as const;
    take({ DB_PRIMARY_DB_URL: url, REDIS_URL: url, ALLOWED_HOSTS: text });
    // @ts-expect-error ALLOWED_HOSTS is missing
    take({ DB_PRIMARY_DB_URL: url, REDIS_URL: url });
    // @ts-expect-error a secret is not given as text
    take({ DB_PRIMARY_DB_URL: url, REDIS_URL: text, ALLOWED_HOSTS: text });
    // @ts-expect-error the app knows no such variable
    take({ DB_PRIMARY_DB_URL: url, REDIS_URL: url, ALLOWED_HOSTS: text, NONSENSE: text });
  });

  it('are probed on the management port, where client traffic delays no answer', () => {
    for (const [cloud, ...sets] of variants) {
      const documents = documentsOf(cloud, ...sets);
      const [api] = only(documents, 'Deployment').spec.template.spec.containers;
      for (const [probe, path] of [
        ['startupProbe', '/livez'],
        ['livenessProbe', '/livez'],
        ['readinessProbe', '/readyz'],
      ] as const) {
        expect(api[probe].httpGet).to.eql({ path, port: 'metrics' });
      }
      const { containerPort } = api.ports.find(({ name }: Loose) => name === 'metrics');
      expect(config(cloud, ...sets).METRICS_PORT).to.equal(String(containerPort));
    }
  });

  it('let the load balancers check the way that clients take', () => {
    const { annotations } = only(documentsOf('eks'), 'Ingress').metadata;
    expect(annotations['alb.ingress.kubernetes.io/healthcheck-path']).to.equal('/api/v1/health/ready');
    const { healthCheck } = only(documentsOf('gke'), 'BackendConfig').spec;
    expect(healthCheck).to.include({ requestPath: '/api/v1/health/ready', port: 8000 });
  });

  it('let only Prometheus and the given nodes reach the management port', () => {
    const peers = (...sets: string[]): Loose[] =>
      documentsOf('eks', ...sets)
        .filter(({ object }) => object.kind === 'NetworkPolicy')
        .flatMap(({ object }: Loose) => object.spec.ingress ?? [])
        .filter(({ ports }: Loose) => ports.some(({ port }: Loose) => port === 'metrics'))
        .flatMap(({ from }: Loose) => from);
    const [prometheus, ...others] = peers();
    expect(prometheus.podSelector.matchLabels).to.eql({ 'app.kubernetes.io/name': 'prometheus' });
    expect(others).to.eql([]);
    const nodes = { ipBlock: { cidr: '10.9.0.0/16' } };
    expect(peers('networkPolicy.nodeCidrs={10.9.0.0/16}')).to.eql([prometheus, nodes]);
  });

  it('contain no secret and no key', () => {
    for (const [cloud, ...sets] of variants) {
      expect(JSON.stringify(documentsOf(cloud, ...sets))).not.to.match(
        /PRIVATE KEY|postgres(ql)?:\/\/|rediss?:\/\//,
      );
    }
  });

  it('mount the secrets whole, so that a rotated key reaches running pods', () => {
    for (const pod of pods(documentsOf('eks'))) {
      const volume = pod.volumes.find(({ name }: Loose) => name === 'secrets');
      expect(volume.secret.secretName).to.equal('auth-secrets');
      for (const { volumeMounts = [] } of containers(pod)) {
        expect(volumeMounts.some(({ subPath }: Loose) => subPath !== undefined)).to.equal(false);
      }
    }
  });

  it('give the migration and the purge no secret but those of the database', () => {
    const [api, purge] = pods(documentsOf('eks'));
    const [migration] = containers(api);
    const mounted = (pod: Loose, { volumeMounts }: Loose) =>
      volumeMounts.flatMap(({ name }: Loose) =>
        (pod.volumes.find((volume: Loose) => volume.name === name).secret?.items ?? []).map(
          ({ key }: Loose) => key,
        ),
      );
    expect(mounted(api, migration)).to.have.members(['db-url', 'db-owner-url']);
    expect(mounted(purge, containers(purge)[0])).to.eql(['db-url']);
  });

  it('mount the folder of further public keys even while it is empty', () => {
    const api = containers(pods(documentsOf('eks'))[0]).find(({ name }: Loose) => name === 'auth-service');
    expect(api.env).to.deep.include({ name: 'JWT_PUBLIC_KEYS_DIR', value: '/etc/auth/public-keys' });
    const keys = only(documentsOf('eks'), 'ConfigMap', 'auth-jwt-public-keys');
    // An empty map is lost in the API server, and each apply would say that it changes something.
    expect(keys).not.to.have.property('data');
  });

  it('migrate before the service starts, or in a Job with a name of its content', () => {
    const before = pods(documentsOf('eks'))[0];
    expect(before.initContainers.map(({ args }: Loose) => args)).to.eql([['migrate']]);
    const name = (...sets: string[]) =>
      only(documentsOf('eks', 'migrations.mode=job', ...sets), 'Job').metadata.name;
    expect(name())
      .to.match(/^auth-service-migrate-[0-9a-f]{10}$/)
      .and.to.equal(name());
    expect(name('image.tag=1.0.1')).not.to.equal(name());
    expect(pods(documentsOf('eks', 'migrations.mode=job'))[0]).not.to.have.property('initContainers');
  });

  it('replace the pods when the configuration changes, and not when a public key does', () => {
    const template = (...sets: string[]) => only(documentsOf('eks', ...sets), 'Deployment').spec.template;
    expect(template('logLevel=debug')).not.to.eql(template());
    expect(template('jwt.publicKeys.next=-----BEGIN PUBLIC KEY-----')).to.eql(template());
  });

  it('trust the proxies of each cloud, and on GKE the load balancer itself', () => {
    expect(config('eks').TRUSTED_PROXIES).to.equal('10.0.0.0/20,10.0.16.0/20');
    expect(config('gke').TRUSTED_PROXIES).to.equal('35.191.0.0/16,130.211.0.0/22,203.0.113.10/32');
    expect(config('aks', 'trustedProxies={192.0.2.0/24}').TRUSTED_PROXIES).to.equal(
      '10.244.0.0/16,10.224.0.0/16,192.0.2.0/24',
    );
  });

  it('allow the public host and the DNS names of the Service', () => {
    expect(config('eks', 'allowedHosts={login.example.com}').ALLOWED_HOSTS.split(',')).to.eql([
      'api.yourdomain.com',
      'login.example.com',
      'auth-service',
      'auth-service.auth-system',
      'auth-service.auth-system.svc',
      'auth-service.auth-system.svc.cluster.local',
    ]);
  });

  it('give the ALB the annotations of the guide and name its class once', () => {
    const ingress = only(documentsOf('eks'), 'Ingress');
    expect(ingress.spec.ingressClassName).to.equal('alb');
    expect(ingress.metadata.annotations).not.to.have.property('kubernetes.io/ingress.class');
    expect(ingress.metadata.annotations).to.include({
      'alb.ingress.kubernetes.io/scheme': 'internet-facing',
      'alb.ingress.kubernetes.io/target-type': 'ip',
      'alb.ingress.kubernetes.io/listen-ports': '[{"HTTP": 80}, {"HTTPS": 443}]',
      'alb.ingress.kubernetes.io/ssl-redirect': '443',
      'alb.ingress.kubernetes.io/target-group-attributes': 'deregistration_delay.timeout_seconds=30',
    });
    expect(only(documentsOf('eks'), 'Namespace').metadata.labels).to.include({
      'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled',
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  it('give GKE its class by annotation and never by field', () => {
    const ingress = only(documentsOf('gke'), 'Ingress');
    expect(ingress.metadata.annotations['kubernetes.io/ingress.class']).to.equal('gce');
    expect(ingress.spec).not.to.have.property('ingressClassName');
  });

  it('keep the proxies of AKS out of the namespace of the service', () => {
    const documents = documentsOf('aks');
    expect(only(documents, 'Gateway').metadata.namespace).to.equal('auth-gateway');
    expect(only(documents, 'HTTPRoute', 'auth-service').spec.parentRefs[0].namespace).to.equal(
      'auth-gateway',
    );
  });

  it('stay within the limits of the guide, with a memory request that an idle process does not fill', () => {
    const { spec } = only(documentsOf('eks'), 'HorizontalPodAutoscaler');
    expect([spec.minReplicas, spec.maxReplicas]).to.eql([3, 20]);
    const targets = spec.metrics.map(({ containerResource: { container, name, target } }: Loose) =>
      [container, name, target.averageUtilization].join(),
    );
    expect(targets).to.eql(['auth-service,cpu,70', 'auth-service,memory,80']);
    expect(pods(documentsOf('eks'))[0].containers[0].resources.requests.memory).to.equal('512Mi');
  });

  it('drain for longer than the load balancer sends requests, within the grace period', () => {
    for (const cloud of ['eks', 'gke', 'aks'] as const) {
      const [pod] = pods(documentsOf(cloud));
      expect(pod.terminationGracePeriodSeconds).to.be.at.least(35 + 25);
      expect(config(cloud).DRAIN_DELAY).to.equal('35s');
    }
  });
});
