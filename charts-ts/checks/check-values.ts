import { isIPv4 } from 'node:net';
import { createCloud } from '../clouds/create-cloud.ts';
import { settings } from '../kubernetes/settings.ts';
import { bytes, millicpu, seconds } from '../values/formats.ts';
import { ValuesError } from '../values/load-values.ts';
import type { Values } from '../values/schema.ts';
import { longestInterval, scheduleFault } from '../workload/cron.ts';
import { checkContainers, checkDns, checkServiceAccounts } from './check-containers.ts';
import { entryChecks } from './check-entry.ts';
import { checkJobs } from './check-jobs.ts';
import { checkLabels } from './check-labels.ts';
import { checkMonitoring } from './check-monitoring.ts';
import { checkNetworkPolicy } from './check-network-policy.ts';
import { scalingChecks } from './check-scaling.ts';
import { checkSecrets } from './check-secrets.ts';
import { checkVariables } from './check-variables.ts';
import { checkVolumes } from './check-volumes.ts';

function* checkLoadBalancer(values: Values): Iterable<string> {
  if (values.ingress.kind === 'none') return;
  const { deregistrationSeconds, idleTimeoutSeconds } = createCloud(values).loadBalancer;
  if (seconds(values.rollout.drainDelay) <= deregistrationSeconds)
    yield `rollout.drainDelay: must be above ${deregistrationSeconds}s: the load balancer sends requests to a stopping pod for that long`;
  if (seconds(values.rollout.keepAliveTimeout) <= idleTimeoutSeconds)
    yield `rollout.keepAliveTimeout: must be above ${idleTimeoutSeconds}s, the idle timeout of the load balancer; otherwise clients get 502`;
}

const quantities = [
  ['cpu', millicpu],
  ['memory', bytes],
  ['ephemeralStorage', bytes],
] as const;

function* checkResources(values: Values): Iterable<string> {
  const workloads = {
    resources: values.resources,
    'migrations.resources': values.migrations.resources,
    'purge.resources': values.purge.resources,
    'administrator.resources': values.administrator.resources,
    'backup.resources': values.backup.resources,
  };
  for (const [path, { requests, limits }] of Object.entries(workloads)) {
    for (const [name, parse] of quantities) {
      const [limit, request] = [limits[name], requests[name]];
      if (limit !== undefined && request !== undefined && parse(limit) < parse(request))
        yield `${path}.limits.${name}: must not be below the request, ${request}`;
    }
  }
}

function* checkOptions(values: Values): Iterable<string> {
  const { jwt, kubernetesVersion, networkPolicy, redis, scheduling, service } = values;
  if (scheduling.priorityClass.create && !scheduling.priorityClass.name)
    yield 'scheduling.priorityClass.name: is required because scheduling.priorityClass.create is true';
  if (redis.ca && !redis.tls) yield 'redis.ca: must be null, because redis.tls is false';
  if (redis.clientCertificate && !redis.tls)
    yield 'redis.clientCertificate: must be false, because redis.tls is false';
  if (redis.sentinelPassword && !redis.sentinelPort)
    yield 'redis.sentinelPort: must be set, because redis.sentinelPassword is true';
  if (service.trafficDistribution && kubernetesVersion === '1.28')
    yield 'service.trafficDistribution: is not a field of Kubernetes 1.28: remove it, or set kubernetesVersion to newest';
  if (networkPolicy.otlp.enabled && networkPolicy.otlp.peers.length === 0)
    yield 'networkPolicy.otlp.peers: must name at least one peer, because networkPolicy.otlp.enabled is true';
  if (jwt.previousSecret && jwt.algorithm !== 'HS256')
    yield `jwt.previousSecret: must be false, because jwt.algorithm is ${jwt.algorithm}: add the previous public key to jwt.publicKeys`;
}

function* checkAdministrator({ administrator: { email, username } }: Values): Iterable<string> {
  if (Boolean(email) === Boolean(username)) return;
  const [missing, given] = email ? ['username', 'email'] : ['email', 'username'];
  yield `administrator.${missing}: must be set, because administrator.${given} is set`;
}

function* checkBackup({ backup, networkPolicy }: Values): Iterable<string> {
  if (!backup.enabled) return;
  const { claim, egress, hasRcloneFile, identity, rclone, remote } = backup;
  if (longestInterval(backup.schedule) === undefined && scheduleFault(backup.schedule) === undefined)
    yield 'backup.schedule: must run more often than once in eight years';
  if ((claim === undefined) === (remote === undefined))
    yield 'backup: must set exactly one of backup.claim and backup.remote';
  if (!remote) return;
  const [name = ''] = remote.split(':');
  const type = `RCLONE_CONFIG_${name.toUpperCase()}_TYPE`;
  if (!hasRcloneFile && !(type in rclone))
    yield `backup.rclone.${type}: must be set, such as s3, because backup.hasRcloneFile is false`;
  if (!hasRcloneFile && !identity)
    yield 'backup.identity: must be set, or backup.hasRcloneFile must be true: otherwise nothing lets the pods write to the object store';
  if (networkPolicy.enabled && egress.length === 0)
    yield 'backup.egress: must name the object store, because networkPolicy.enabled is true';
}

function* checkFamilies({ service, extraConfig }: Values): Iterable<string> {
  const { ipFamilies, ipFamilyPolicy = 'SingleStack' } = service;
  if (ipFamilies.length === 2 && ipFamilyPolicy === 'SingleStack')
    yield 'service.ipFamilyPolicy: must be PreferDualStack or RequireDualStack, because service.ipFamilies names both families';
  if (ipFamilies.includes('IPv6') && isIPv4(String(extraConfig.HOST)))
    yield 'extraConfig.HOST: must be removed, because service.ipFamilies contains IPv6: without HOST the service accepts both families';
}

function* checkExtraConfig(values: Values): Iterable<string> {
  const chartSettings = settings({ ...values, extraConfig: {} });
  for (const [name, value] of Object.entries(values.extraConfig)) {
    if (name in chartSettings)
      yield `extraConfig.${name}: must be removed, because the charts set this variable from another value`;
    // The variable comes from a ConfigMap, whose texts Kubernetes passes on as they are.
    const [reference] = /\$\([A-Za-z_]\w*\)/.exec(String(value)) ?? [];
    if (reference)
      yield `extraConfig.${name}: must not refer to ${reference}: Kubernetes expands a reference only in the variables of extraEnv and jobs.extraEnv`;
  }
}

const checks: readonly ((values: Values) => Iterable<string>)[] = [
  ...scalingChecks,
  checkLoadBalancer,
  checkResources,
  checkOptions,
  checkAdministrator,
  checkBackup,
  checkFamilies,
  checkExtraConfig,
  checkMonitoring,
  checkLabels,
  checkVariables,
  checkVolumes,
  checkContainers,
  checkDns,
  checkServiceAccounts,
  checkJobs,
  checkNetworkPolicy,
  checkSecrets,
  (values) => createCloud(values).faults(),
  ...entryChecks,
];

/**
 * Checks what the schema cannot: that values do not contradict each other or the cloud.
 * @throws ValuesError naming every fault
 */
export function checkValues(values: Values): void {
  const { cloud } = values;
  const faults = values[cloud]
    ? checks.flatMap((check) => [...check(values)])
    : [`${cloud}: is required because cloud is ${cloud}`];
  if (faults.length > 0) throw new ValuesError(faults);
}
