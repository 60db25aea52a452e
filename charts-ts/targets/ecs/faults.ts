import { seconds } from '../../values/formats.ts';
import { databaseCa } from './database-ca.ts';
import { idleTimeoutSeconds, longestTimeoutSeconds } from './ecs-names.ts';
import { fargateSize, sizeFault } from './fargate-size.ts';
import { eventBridgeCron } from './schedule.ts';
import type { EcsValues } from './values.ts';

/** Seconds between SIGTERM and SIGKILL: the drain, the shutdown and the end of the connections. */
export const stopSeconds = ({ rollout }: EcsValues): number =>
  seconds(rollout.drainDelay) + seconds(rollout.shutdownTimeout) + 5;

/**
 * The largest number of tasks with connections at once. ECS counts the tasks that run: it starts the next ones while those that
 * it has stopped still drain, so that a deployment under load can have all old and all new tasks.
 */
const mostTasks = (maxReplicas: number): number => 2 * maxReplicas;

function* sizes({ purge, resources }: EcsValues): Iterable<string> {
  for (const [path, { limits }] of Object.entries({ resources, 'purge.resources': purge.resources })) {
    const fault = sizeFault(fargateSize(limits));
    if (fault) yield `${path}.limits: ${fault}`;
  }
}

function* timeouts(values: EcsValues): Iterable<string> {
  const { ecs, rollout } = values;
  const stop = stopSeconds(values);
  if (stop > longestTimeoutSeconds)
    yield `rollout.drainDelay: with rollout.shutdownTimeout and 5 s to close connections it is ${stop} s, and Fargate kills a task after ${longestTimeoutSeconds} s`;
  if (seconds(rollout.drainDelay) <= ecs.deregistrationDelaySeconds)
    yield `rollout.drainDelay: must be above ${ecs.deregistrationDelaySeconds}s (ecs.deregistrationDelaySeconds): the load balancer sends requests to a stopping task for that long`;
  if (seconds(rollout.keepAliveTimeout) <= idleTimeoutSeconds)
    yield `rollout.keepAliveTimeout: must be above ${idleTimeoutSeconds}s, the idle timeout of the load balancer; otherwise clients get 502`;
}

function* capacity(values: EcsValues): Iterable<string> {
  const { autoscaling, database, ecs } = values;
  if (autoscaling.minReplicas > autoscaling.maxReplicas)
    yield `autoscaling.minReplicas: must not be above autoscaling.maxReplicas, which is ${autoscaling.maxReplicas}`;
  const tasks = mostTasks(autoscaling.maxReplicas);
  const connections = tasks * database.poolMax;
  if (connections > database.maxConnections)
    yield `database.maxConnections: must be at least ${connections}: ${tasks} tasks during a deployment, with those that stop, × database.poolMax ${database.poolMax}`;
  if (ecs.database.maxStorageGib < ecs.database.storageGib)
    yield `ecs.database.maxStorageGib: must not be below ecs.database.storageGib, which is ${ecs.database.storageGib}`;
}

function* stores(values: EcsValues): Iterable<string> {
  const { database, ecs, redis } = values;
  if (!databaseCa(values))
    yield `database.ca: is required, because the CA of Amazon RDS in ${ecs.region} is not known here: --set-file database.ca=ca.pem`;
  if (database.requiredForReadiness)
    yield 'database.requiredForReadiness: must be false, because ECS replaces tasks that the load balancer finds unready, and no task starts without Postgres';
  if (!redis.tls) yield 'redis.tls: must be true, because ElastiCache offers an auth token with TLS only';
  if (redis.clientCertificate || redis.sentinelPassword)
    yield 'redis: ElastiCache has neither client certificates nor sentinels: redis.clientCertificate and redis.sentinelPassword must be false';
}

function* others({ ecs, jwt, purge }: EcsValues): Iterable<string> {
  if (!ecs.certificateArn.includes(`:acm:${ecs.region}:`))
    yield `ecs.certificateArn: must be a certificate in ${ecs.region} (ecs.region), because a load balancer uses those of its region only`;
  const schedules = { 'purge.schedule': purge.schedule, 'ecs.backup.schedule': ecs.backup.schedule };
  for (const [path, schedule] of Object.entries(schedules))
    if (!eventBridgeCron(schedule))
      yield `${path}: EventBridge accepts either days of the month or days of the week, and no steps of days of the week`;
  if (jwt.previousSecret && jwt.algorithm !== 'HS256')
    yield `jwt.previousSecret: must be false, because jwt.algorithm is ${jwt.algorithm}: add the previous public key to jwt.publicKeys`;
}

/** Values that contradict each other or the limits of AWS, as `path: message`. */
export function* faultsOf(values: EcsValues): Iterable<string> {
  for (const check of [sizes, timeouts, capacity, stores]) yield* check(values);
  yield* others(values);
}
