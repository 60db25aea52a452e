import { sizeFault } from '../../fargate-size.ts';
import { containersOf } from '../containers.ts';
import type { Finding, Rule } from '../rule.ts';
import { listOf, type Resource, referenceOf, type Template, treeOf } from '../template.ts';

const size: Rule = {
  id: 'task-size',
  *check(template): Iterable<Finding> {
    for (const { id, properties } of template.ofType('AWS::ECS::TaskDefinition')) {
      const fault = sizeFault({ cpu: Number(properties.Cpu), memoryMib: Number(properties.Memory) });
      if (fault) yield [id, fault];
      const resolved = JSON.stringify(properties, (_, value) => template.resolve(value));
      if (resolved.length > 65_536)
        yield [id, `has ${resolved.length} bytes, and ECS accepts 65,536: use a smaller database.ca`];
    }
  },
};

/** What the policies of a role allow. */
function statementsOf(template: Template, role: string | undefined) {
  return template
    .ofType('AWS::IAM::Policy')
    .filter(({ properties }) => listOf(properties.Roles).some((one) => referenceOf(one) === role))
    .flatMap(({ properties }) => listOf(treeOf(properties.PolicyDocument).Statement).map(treeOf));
}

/** Resources as text. Secrets Manager appends six characters to the name of a secret. */
const readable = (statements: readonly Record<string, unknown>[]): Set<string> =>
  new Set(
    statements
      .filter(({ Action }) => [Action].flat().includes('secretsmanager:GetSecretValue'))
      .flatMap(({ Resource: resources }) => [resources].flat())
      .map((resource) => JSON.stringify(resource).replace('-??????', '')),
  );

const secretAccess: Rule = {
  id: 'secret-access',
  *check(template): Iterable<Finding> {
    for (const { name, secrets, task } of containersOf(template)) {
      const allowed = readable(statementsOf(template, referenceOf(task.properties.ExecutionRoleArn)));
      for (const [variable, source] of Object.entries(secrets)) {
        if (!allowed.has(JSON.stringify(source)))
          yield [
            `${task.id}: container ${name}`,
            `the execution role may not read the secret of ${variable}, so no task would start`,
          ];
      }
    }
  },
};

/** The resource that a service or a rule runs. */
const taskOf = (template: Template, { properties }: Resource): Resource | undefined =>
  template.ofType('AWS::ECS::TaskDefinition').find(({ id }) => id === referenceOf(properties.TaskDefinition));

const loadBalancerTarget: Rule = {
  id: 'target-container',
  *check(template): Iterable<Finding> {
    for (const service of template.ofType('AWS::ECS::Service')) {
      const task = taskOf(template, service);
      const containers = containersOf(template).filter((container) => container.task === task);
      for (const { ContainerName: name, ContainerPort: port } of listOf(service.properties.LoadBalancers).map(
        treeOf,
      )) {
        const container = containers.find((one) => one.name === name);
        const ports = listOf(container?.definition.PortMappings).map((one) => treeOf(one).ContainerPort);
        if (!container)
          yield [
            service.id,
            `the load balancer sends to the container ${name}, which the task does not have`,
          ];
        else if (!ports.includes(port))
          yield [
            service.id,
            `the load balancer sends to port ${port}, which the container ${name} does not map`,
          ];
        if (String(port) === container?.env.METRICS_PORT)
          yield [service.id, `the load balancer sends to port ${port}, which answers /metrics to everybody`];
      }
    }
  },
};

const rollout: Rule = {
  id: 'rollout',
  *check(template): Iterable<Finding> {
    for (const { id, properties } of template.ofType('AWS::ECS::Service')) {
      const { DeploymentCircuitBreaker: breaker, MinimumHealthyPercent: least } = treeOf(
        properties.DeploymentConfiguration,
      );
      const { Enable: enabled, Rollback: rollback } = treeOf(breaker);
      if (enabled !== true || rollback !== true)
        yield [
          id,
          'needs the deployment circuit breaker with rollback: without it a task that never turns ready is started for hours',
        ];
      if (Number(least ?? 100) < 100)
        yield [
          id,
          `MinimumHealthyPercent is ${least}, and below 100 a deployment removes tasks before their replacements are ready`,
        ];
      if (properties.DesiredCount !== undefined)
        yield [id, 'must have no DesiredCount: each deployment would set the number of tasks back to it'];
    }
  },
};

const scaling: Rule = {
  id: 'scaling',
  *check(template): Iterable<Finding> {
    for (const { id, properties } of template.ofType('AWS::ApplicationAutoScaling::ScalableTarget')) {
      const [least, most] = [Number(properties.MinCapacity), Number(properties.MaxCapacity)];
      if (least > most) yield [id, `MinCapacity ${least} is above MaxCapacity ${most}`];
      if (least < 2)
        yield [id, `MinCapacity is ${least}: with fewer than 2 tasks the failure of a zone is an outage`];
    }
  },
};

const alarmTopic: Rule = {
  id: 'alarm-topic',
  *check(template): Iterable<Finding> {
    for (const { id, properties } of template.ofType('AWS::SNS::TopicPolicy')) {
      const statements = listOf(treeOf(properties.PolicyDocument).Statement).map(treeOf);
      const lets = statements.some(
        ({ Effect: effect, Principal: principal }) =>
          effect === 'Allow' && treeOf(principal).Service === 'cloudwatch.amazonaws.com',
      );
      if (!lets)
        yield [
          id,
          'must let cloudwatch.amazonaws.com publish: the policy replaces the default one, and no alarm would arrive',
        ];
    }
  },
};

/** Rules about task definitions, services and alarms. */
export const taskRules: readonly Rule[] = [
  size,
  secretAccess,
  loadBalancerTarget,
  rollout,
  scaling,
  alarmTopic,
];
