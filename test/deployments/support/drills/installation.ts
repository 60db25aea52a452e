import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Alert, RuleGroup } from '../../../../charts-ts/monitoring/alerts/rule.ts';
import { ruleGroups } from '../../../../charts-ts/monitoring/prometheus-rule.ts';
import { jobOf } from '../../../../charts-ts/monitoring/promql.ts';
import type { Values } from '../../../../charts-ts/values/schema.ts';
import type { Cleanup } from '../../../../tools/torture/harness/cleanup.ts';
import type { PostgresServer } from '../../../../tools/torture/harness/postgres-server.ts';
import { type RedisServer, startRedis } from '../../../../tools/torture/harness/redis-server.ts';
import { valuesOf } from '../../../charts/support/synthesized.ts';
import { startProxy } from '../../../support/frozen-proxy.ts';
import { withDatabase } from '../../../support/servers.ts';
import { defaultFactor, type InstallationSettings } from './installation-settings.ts';
import type { KubernetesMetrics } from './kubernetes-metrics.ts';
import { type Pod, startPod } from './pod.ts';
import { scaleRules } from './scaled-rules.ts';
import type { Target } from './scraping-prometheus.ts';
import { createSigningKey } from './signing-key.ts';
import { registerUser, repeat, sendLogin } from './traffic.ts';

/** Values of an installation that has all alerts. */
export const allAlerts = 'backup.enabled=true,backup.claim=auth-backups';

export const alertsOf = (groups: readonly RuleGroup[]): Alert[] =>
  groups.flatMap(({ rules }) => rules).filter((rule): rule is Alert => 'alert' in rule);

/** One installation of the service with stores of its own, as the drills see it. */
export interface Installation {
  readonly namespace: string;
  /** The rules of the charts for this installation, in the time of the drills. */
  readonly groups: readonly RuleGroup[];
  readonly pods: readonly Pod[];
  /** The API of the first pod. */
  readonly url: string;
  /** The way of the pods to Postgres, which can be slowed down and cut. */
  readonly postgres: Awaited<ReturnType<typeof startProxy>>;
  /** Direct connections to the database of the installation. */
  readonly databaseUrl: string;
  readonly redis: RedisServer;
  readonly kubernetes: KubernetesMetrics;
  /** Replaces the signing key of all pods. They read it within five seconds. */
  readonly rotateKey: () => void;
  /** What Prometheus scrapes of the installation. */
  readonly targets: readonly Target[];
  /** What users do all the time, in a course that has logins. */
  readonly logins: Logins;
  /** Replaces the targets, as service discovery does. */
  scrape(targets: readonly Target[]): void;
}

interface Logins {
  start(): void;
  stop(): Promise<void>;
}

/** What all installations share. */
export interface Cluster {
  readonly folder: string;
  readonly cleanup: Cleanup;
  readonly server: PostgresServer;
  /** An empty database with all migrations. */
  readonly template: string;
  readonly describeInstallation: (namespace: string) => KubernetesMetrics;
  readonly setTargets: (namespace: string, targets: readonly Target[]) => void;
}

export const namespaceOf = ({ name }: InstallationSettings): string => `drill-${name}`;

function valuesOfCourse(course: InstallationSettings): Values {
  return valuesOf('eks', `namespace.name=${namespaceOf(course)}`, allAlerts, ...(course.sets ?? []));
}

/** The rules of the charts for the installation of a course, in the time of the course. */
export const rulesOf = (course: InstallationSettings): RuleGroup[] =>
  scaleRules(ruleGroups(valuesOfCourse(course)), course.factor ?? defaultFactor);

/** The target of a pod as the ServiceMonitor of the charts labels it. */
const targetOf = (values: Values, pod: Pod): Target => ({
  port: pod.metricsPort,
  labels: { namespace: values.namespace.name, job: jobOf(values), pod: pod.name },
});

const noLogins: Logins = { start: () => undefined, stop: async () => undefined };

/** Two clients of one user, each of which logs in up to twice a second. */
async function startLogins(url: string, cleanup: Cleanup): Promise<Logins> {
  const user = await registerUser(url);
  const start = () => repeat(2, 500, () => sendLogin(url, user));
  let stop = start();
  cleanup.add(() => stop());
  return {
    start: () => {
      stop = start();
    },
    stop: () => stop(),
  };
}

async function createStores(course: InstallationSettings, { cleanup, folder, server, template }: Cluster) {
  const database = namespaceOf(course).replaceAll('-', '_');
  await server.sql.unsafe(`create database ${database} template ${template}`);
  const databaseUrl = withDatabase(server.url, database);
  const postgres = await startProxy(server);
  cleanup.add(() => postgres.close());
  const redis = await startRedis(folder, cleanup);
  const proxied = new URL(databaseUrl);
  proxied.port = String(postgres.port);
  return {
    ...{ postgres, databaseUrl, redis },
    variables: { DB_PRIMARY_DB_URL: proxied.href, REDIS_URL: redis.url },
  };
}

/**
 * Starts the stores and the pods of a course. Requests choose their address with X-Forwarded-For.
 * @param groups the rules, which Prometheus has already
 */
export async function startInstallation(
  course: InstallationSettings,
  cluster: Cluster,
  groups: readonly RuleGroup[],
): Promise<Installation> {
  const { cleanup, setTargets } = cluster;
  const { hasLogins, pods: count = 1 } = course;
  const namespace = namespaceOf(course);
  const folder = join(cluster.folder, namespace);
  mkdirSync(folder);
  const values = valuesOfCourse(course);
  const { variables, ...stores } = await createStores(course, { ...cluster, folder });
  const { files, rotate: rotateKey } = createSigningKey(folder);
  const env = {
    ...{ ...variables, ...files, TRUSTED_PROXIES: 'loopback', DB_POOL_MAX: '4' },
    // A query must not fail because the machine is busy.
    DB_TIMEOUT: '10s',
    ...{ RATE_LIMIT: 'off', ARGON2_MEMORY_KIB: '8', ARGON2_TIME: '1', ...course.env },
  };
  const pods: Pod[] = [];
  while (pods.length < count) {
    const name = `auth-service-7d9f8b6c5-${pods.length}`;
    pods.push(await startPod({ folder, name, cleanup, env }));
  }
  const targets = pods.map((pod) => targetOf(values, pod));
  setTargets(namespace, targets);
  const url = pods[0]?.url ?? '';
  return {
    ...{ namespace, groups, pods, ...stores, targets, url, rotateKey },
    logins: hasLogins ? await startLogins(url, cleanup) : noLogins,
    kubernetes: cluster.describeInstallation(namespace),
    scrape: (next) => setTargets(namespace, next),
  };
}
