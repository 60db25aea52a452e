import { secretVariables } from '../../../../../app/config/config.ts';
import { seconds } from '../../../../values/formats.ts';
import { healthCommand } from '../../../../workload/process.ts';
import { containerNames, longestTimeoutSeconds } from '../../ecs-names.ts';
import { type Container, containersOf } from '../containers.ts';
import type { Finding, Rule } from '../rule.ts';
import { listOf, textOf, treeOf } from '../template.ts';

function containerRule(
  id: string,
  check: (container: Container, task: readonly Container[]) => Iterable<string>,
): Rule {
  return {
    id,
    *check(template): Iterable<Finding> {
      const all = containersOf(template);
      for (const container of all) {
        const task = all.filter((other) => other.task === container.task);
        for (const message of check(container, task))
          yield [`${container.task.id}: container ${container.name}`, message];
      }
    },
  };
}

const isService = ({ name }: Container): boolean => name === containerNames.service;
const serviceSeconds = ({ env }: Container, name: string): number => seconds(env[name] ?? '0s');

const image = containerRule('image', function* ({ definition }) {
  const reference = textOf(definition.Image);
  if (!/[:@][^/]+$/.test(reference) || /:latest(@|$)/.test(reference))
    yield `the image ${reference} must have the tag of a release or a digest, because ECS pulls it with each start`;
});

const privileges = containerRule('privileges', function* ({ definition, env }) {
  const user = textOf(definition.User).split(':')[0] || '0';
  // Volumes of Fargate belong to root, so the writer of the public keys is root too. It has no secret and no port.
  if (user === '0' && !(env.PUBLIC_KEYS && !definition.Secrets))
    yield 'must not run as root: set User to 10001:10001';
  if (definition.ReadonlyRootFilesystem !== true) yield 'must have a read-only root file system';
  if (definition.Privileged === true) yield 'must not be privileged';
});

const plainSecrets = containerRule('secrets', function* ({ env }) {
  for (const name of Object.keys(env))
    if ((secretVariables as readonly string[]).includes(name))
      yield `${name} is a secret and must come from Secrets Manager, because everybody who may read the task definition sees the text`;
});

function* healthFaults(check: Record<string, unknown>): Iterable<string> {
  const [interval, timeout] = [Number(check.Interval ?? 30), Number(check.Timeout ?? 5)];
  const command = listOf(check.Command).map(textOf).join(' ');
  const expected = ['CMD', ...healthCommand].join(' ');
  if (command !== expected)
    yield `the health check must be ${expected}, and not ${command}: the image has neither curl nor wget`;
  if (interval < 5 || interval > 300)
    yield `the health check's interval must be from 5 to 300 s, and is ${interval}`;
  if (timeout < 2 || timeout > 60)
    yield `the health check's timeout must be from 2 to 60 s, and is ${timeout}`;
  if (timeout >= interval) yield `the health check's timeout must be below its interval, ${interval} s`;
  if (Number(check.StartPeriod ?? 0) > 300) yield "the health check's start period must be at most 300 s";
}

const health = containerRule('container-health', function* (container) {
  if (!isService(container)) return;
  if (container.definition.HealthCheck) yield* healthFaults(treeOf(container.definition.HealthCheck));
  else yield 'needs a health check, because ECS replaces a task that hangs by nothing else';
});

const stopTimeout = containerRule('stop-timeout', function* (container) {
  if (!isService(container)) return;
  const stop = Number(container.definition.StopTimeout ?? 30);
  const needed = serviceSeconds(container, 'DRAIN_DELAY') + serviceSeconds(container, 'SHUTDOWN_TIMEOUT') + 5;
  if (stop > longestTimeoutSeconds)
    yield `StopTimeout is ${stop} s, and Fargate allows at most ${longestTimeoutSeconds}`;
  if (stop < needed)
    yield `StopTimeout is ${stop} s, and DRAIN_DELAY, SHUTDOWN_TIMEOUT and 5 s to close connections need ${needed}: Fargate would kill requests in flight`;
});

const dependencies = containerRule('depends-on', function* (container, task) {
  for (const { Condition: condition, ContainerName: name } of listOf(container.definition.DependsOn).map(
    treeOf,
  )) {
    const other = task.find((one) => one.name === name);
    if (!other) yield `depends on the container ${name}, which the task does not have`;
    else if (['SUCCESS', 'COMPLETE'].includes(textOf(condition)) && other.definition.Essential !== false)
      yield `waits for the end of the essential container ${name}, which would end the task`;
  }
});

const migration = containerRule('migration', function* (container, task) {
  if (!isService(container)) return;
  const waits = listOf(container.definition.DependsOn).map(treeOf);
  const isFirst = waits.some(
    ({ Condition, ContainerName }) => Condition === 'SUCCESS' && ContainerName === containerNames.migrate,
  );
  if (!isFirst || !task.some(({ name }) => name === containerNames.migrate))
    yield `must wait for the SUCCESS of the container ${containerNames.migrate}, because the service does not start on an older schema`;
});

const startTimeout = containerRule('start-timeout', function* ({ definition }) {
  const limit = Number(definition.StartTimeout ?? longestTimeoutSeconds);
  if (limit < 2 || limit > longestTimeoutSeconds)
    yield `StartTimeout is ${limit} s, and Fargate allows 2 to ${longestTimeoutSeconds}`;
});

const log = containerRule('log', function* ({ definition }) {
  const { LogDriver: driver, Options: options } = treeOf(definition.LogConfiguration);
  if (driver !== 'awslogs' || !treeOf(options)['awslogs-group'])
    yield 'must write its log to CloudWatch: a log of Fargate is lost with the task';
});

/** Rules about single containers. */
export const containerRules: readonly Rule[] = [
  image,
  privileges,
  plainSecrets,
  health,
  stopTimeout,
  dependencies,
  migration,
  startTimeout,
  log,
];
