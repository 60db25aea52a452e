import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { messageOf } from './support/message-of.ts';

const eks = (text: string): string[] => ['--cloud', 'eks', '--set', text];

/** Kind of mistake, arguments, and the one line that says so. */
const mistakes: [string, string[], string][] = [
  ['a typo in a key', eks('autoscaling.minReplica=3'), 'autoscaling.minReplica: is not a known key'],
  ['a wrong type', eks('replicas=many'), 'replicas: must be a number'],
  ['a number below the minimum', eks('replicas=0'), 'replicas: must be at least 1'],
  ['a text instead of a list', eks('allowedHosts=api'), 'allowedHosts: must be a list'],
  [
    'an unknown option',
    eks('logLevel=loud'),
    'logLevel: must be one of trace, debug, info, warn, error, silent',
  ],
  [
    'neither a number nor a percentage',
    eks('rollout.maxSurge=some'),
    'rollout.maxSurge: must be a whole number or a percentage such as 25%',
  ],
  [
    'min above max',
    eks('autoscaling.minReplicas=21'),
    'autoscaling.minReplicas: must not be above autoscaling.maxReplicas, which is 20',
  ],
  ['a missing host', eks('ingress.host=null'), 'ingress.host: is required'],
  ['an unknown cloud', ['--cloud', 'moon'], 'cloud: must be one of eks, gke, aks, not moon'],
  [
    'a bad quantity',
    eks('resources.limits.memory=1QB'),
    'resources.limits.memory: must be a memory quantity in Ki, Mi or Gi, such as 512Mi',
  ],
  [
    'a grace shorter than the drain',
    eks('rollout.gracePeriodSeconds=30'),
    'rollout.gracePeriodSeconds: must be at least 65: rollout.drainDelay + rollout.shutdownTimeout + 5 s to close connections',
  ],
  [
    'one Secret under two names',
    eks('secrets.ownerName=auth-secrets'),
    'secrets.ownerName: must not be secrets.name, because every container sees that Secret; null means one role for everything',
  ],
  [
    'too short a retention of the audit log',
    eks('purge.keepAuditMonths=6'),
    'purge.keepAuditMonths: must be at least 12',
  ],
  [
    'the tag latest',
    eks('image.tag=latest'),
    'image.tag: must name a release; latest cannot be rolled back to',
  ],
  [
    'a malformed digest',
    eks('image.digest=sha256:abc'),
    'image.digest: must be sha256: and 64 lower case hex digits',
  ],
  [
    'TLS without certificate',
    eks('eks.certificateArn=null'),
    'eks.certificateArn: is required because ingress.tls is true: give the ARN of the ACM certificate, or set ingress.tls to false',
  ],
  [
    'more connections than Postgres takes',
    eks('database.maxConnections=249'),
    'database.maxConnections: must be at least 250: 25 pods during a rollout × database.poolMax 10',
  ],
  [
    'a CA for a Redis without TLS',
    eks('redis.tls=false,redis.ca=-----BEGIN CERTIFICATE-----'),
    'redis.ca: must be null, because redis.tls is false',
  ],
  [
    'a drain shorter than the load balancer takes',
    eks('rollout.drainDelay=10s'),
    'rollout.drainDelay: must be above 30s: the load balancer sends requests to a stopping pod for that long',
  ],
  [
    'a keep-alive shorter than the load balancer keeps',
    ['--cloud', 'gke', '--set', 'rollout.keepAliveTimeout=75s'],
    'rollout.keepAliveTimeout: must be above 600s, the idle timeout of the load balancer; otherwise clients get 502',
  ],
  [
    'a field that 1.28 drops',
    eks('service.trafficDistribution=PreferClose'),
    'service.trafficDistribution: is not a field of Kubernetes 1.28: remove it, or set kubernetesVersion to newest',
  ],
  [
    'a variable that the charts set',
    eks('extraConfig.PORT=80'),
    'extraConfig.PORT: must be removed, because the charts set this variable from another value',
  ],
  [
    'a duration beyond the bounds of the service',
    eks('rollout.keepAliveTimeout=5h'),
    'rollout.keepAliveTimeout: must be a duration such as 500ms, 3s, 15m, 12h or 30d, from 1s to 110m',
  ],
  [
    'a variable in the wrong format',
    eks('extraConfig.HASH_CONCURRENCY=abc'),
    'extraConfig.HASH_CONCURRENCY: must be a whole number from 1 to 512',
  ],
  [
    'a variable that the service does not know',
    eks('extraConfig.HASH_CONCURENCY=2'),
    'extraConfig.HASH_CONCURENCY: is not a known key',
  ],
  [
    'a variable that production refuses',
    eks('extraConfig.RATE_LIMIT=off'),
    'extraConfig.RATE_LIMIT: must not be off in production',
  ],
  [
    'a variable that contradicts another one',
    eks('extraConfig.ACCESS_TOKEN_TTL=2h,extraConfig.REFRESH_TOKEN_TTL=1h'),
    'extraConfig.ACCESS_TOKEN_TTL: must not be longer than REFRESH_TOKEN_TTL',
  ],
  [
    'a file that is not in the container',
    eks('extraConfig.DB_CA_FILE=/etc/ca.pem'),
    'extraConfig.DB_CA_FILE: names a file that cannot be read',
  ],
  [
    'more hashing than fits into the memory of the container',
    eks('extraConfig.HASH_CONCURRENCY=14'),
    'extraConfig.HASH_CONCURRENCY: times ARGON2_MEMORY_KIB must fit into half of the memory limit',
  ],
  [
    'more CPUs than the memory of the container is enough for',
    ['--cloud', 'eks', '--set-string', 'resources.limits.cpu=16'],
    'eks: container auth-service: HASH_CONCURRENCY times ARGON2_MEMORY_KIB must fit into half of the memory limit',
  ],
  [
    'a budget that blocks drains',
    eks('disruptionBudget.maxUnavailable=0'),
    'disruptionBudget.maxUnavailable: must allow at least 1 pod; otherwise no node can be drained',
  ],
];

const contentOf = (folder: string): string[][] =>
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);

describe('charts: mistakes', () => {
  let [folder, synthesized] = ['', ''];
  before(async () => {
    synthesized = mkdtempSync(join(tmpdir(), 'synthesized-'));
    await runSynth(['--cloud', 'eks', '--out', synthesized]);
  });
  after(() => rmSync(synthesized, { recursive: true }));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'synth-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [kind, args, line] of mistakes) {
    it(`${kind} gives one line and changes nothing on disk`, async () => {
      const out = join(folder, 'out');
      cpSync(synthesized, out, { recursive: true });
      const before = contentOf(out);
      expect(before).to.not.eql([]);
      expect(await messageOf(runSynth([...args, '--out', out]))).to.equal(line);
      expect(contentOf(out)).to.eql(before);
      expect(readdirSync(folder)).to.eql(['out']);
    });
  }

  it('a placeholder secret gives one line and changes nothing on disk', async () => {
    const env = join(folder, '.env.production');
    writeFileSync(
      env,
      'DB_PRIMARY_DB_URL=postgresql://auth:change-me@db.internal:5432/auth\n' +
        'REDIS_URL=rediss://:0aF7kq2LzvPw91Tn@redis.internal:6379\n' +
        'JWT_SECRET_KEY=q8Zk3vN1xT7mB5sD9fH2jL4pR6wY0cA3eG5iK7oU\n',
    );
    const args = [...eks('jwt.algorithm=HS256,secrets.ownerName=null'), '--secrets-from', env];
    expect(await messageOf(runSynth([...args, '--out', join(folder, 'out')]))).to.equal(
      'DB_PRIMARY_DB_URL: must have a real password instead of a placeholder',
    );
    expect(existsSync(join(folder, 'out'))).to.equal(false);
    expect(readdirSync(folder)).to.eql(['.env.production']);
  });

  it('an argument that nobody knows is refused with the usage', async () => {
    const message = await messageOf(runSynth(['--clod', 'eks']));
    expect(message).to.contain("Unknown option '--clod'").and.to.contain('npm run synth --');
  });
});
