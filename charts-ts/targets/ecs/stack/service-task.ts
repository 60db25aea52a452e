import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import {
  type ContainerDefinition,
  ContainerDependencyCondition,
  type FargateTaskDefinition,
} from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { ports } from '../../../names.ts';
import { bytes } from '../../../values/formats.ts';
import {
  healthCommand,
  keepPortArguments,
  migrateArguments,
  serveArguments,
} from '../../../workload/process.ts';
import { containerNames, ecsNames, longestTimeoutSeconds } from '../ecs-names.ts';
import { stopSeconds } from '../faults.ts';
import { environmentsOf, publicKeysFolder } from '../platform.ts';
import { containerOf, createTask, startsFirst, type TaskProps } from './containers.ts';

/** The image runs a script of the folder scripts/ without its comments, because a template has at most 51,200 bytes. */
function runScript(name: string) {
  const text = readFileSync(new URL(`../scripts/${name}`, import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line && !/^ *\/\//.test(line));
  return { entryPoint: ['node', '--input-type=module', '--eval'], command: [lines.join('\n')] };
}

/** Of the port keeper, as in Kubernetes. */
const keeperMemoryMib = 64;

/** Without it, the end of the process ends the task, and a new task takes a minute. ECS allows no shorter period. */
const restarts = { enableRestartPolicy: true, restartAttemptPeriod: Duration.seconds(60) } as const;

/** The task of the service. Its containers run one after the other, and the last one serves. */
export class ServiceTask extends Construct {
  readonly task: FargateTaskDefinition;

  constructor(scope: Construct, id: string, props: TaskProps) {
    super(scope, id);
    const { values } = props;
    this.task = createTask(this, ecsNames.taskFamily, values.resources.limits, values);
    const environments = environmentsOf(values, props.loadBalancerCidrs);
    const before = [
      ...(Object.keys(values.jwt.publicKeys).length > 0 ? [this.publicKeys(props)] : []),
      this.task.addContainer('ServiceRole', {
        ...containerOf(this.task, props, containerNames.serviceRole, environments.serviceRole),
        ...runScript('service-role.mjs'),
        ...startsFirst(longestTimeoutSeconds),
      }),
      this.task.addContainer('Migrate', {
        ...containerOf(this.task, props, containerNames.migrate, environments.migrate),
        command: [...migrateArguments],
        memoryLimitMiB: bytes(values.migrations.resources.limits.memory) / 2 ** 20,
        ...startsFirst(longestTimeoutSeconds),
      }),
    ];
    const last = this.service(props);
    this.inOrder([...before, last]);
    this.portKeeper(props);
    this.task.defaultContainer = last;
  }

  private service(props: TaskProps): ContainerDefinition {
    const { service } = environmentsOf(props.values, props.loadBalancerCidrs);
    const container = this.task.addContainer('Service', {
      ...containerOf(this.task, props, containerNames.service, service),
      command: [...serveArguments],
      essential: true,
      ...restarts,
      portMappings: [{ containerPort: ports.http }, { containerPort: ports.metrics }],
      stopTimeout: Duration.seconds(stopSeconds(props.values)),
      // The image has no curl.
      healthCheck: {
        command: ['CMD', ...healthCommand],
        interval: Duration.seconds(30),
        timeout: Duration.seconds(5),
        retries: 3,
        startPeriod: Duration.seconds(60),
      },
      // A new generation of passwords needs new tasks, whose definition would be the same without it.
      dockerLabels: { 'password-generation': String(props.values.ecs.passwordGeneration) },
    });
    if (Object.keys(props.values.jwt.publicKeys).length > 0)
      container.addMountPoints({
        sourceVolume: 'public-keys',
        containerPath: publicKeysFolder,
        readOnly: true,
      });
    return container;
  }

  /** Accepts connections while the container of the service restarts. It waits for no other container. */
  private portKeeper(props: TaskProps): void {
    const { portKeeper } = environmentsOf(props.values, props.loadBalancerCidrs);
    this.task.addContainer('PortKeeper', {
      ...containerOf(this.task, props, containerNames.portKeeper, portKeeper),
      command: [...keepPortArguments],
      memoryLimitMiB: keeperMemoryMib,
      essential: false,
      ...restarts,
      // It ends by itself after the service, whose connections it may relay.
      stopTimeout: Duration.seconds(longestTimeoutSeconds),
    });
  }

  /** Writes the keys into a volume, because Fargate mounts no files. The volume belongs to root. */
  private publicKeys(props: TaskProps): ContainerDefinition {
    this.task.addVolume({ name: 'public-keys' });
    const texts = { KEYS_FOLDER: publicKeysFolder, PUBLIC_KEYS: JSON.stringify(props.values.jwt.publicKeys) };
    const container = this.task.addContainer('PublicKeys', {
      ...containerOf(this.task, props, containerNames.publicKeys, { texts, secrets: {} }),
      ...runScript('public-keys.mjs'),
      user: '0:0',
      ...startsFirst(longestTimeoutSeconds),
    });
    container.addMountPoints({
      sourceVolume: 'public-keys',
      containerPath: publicKeysFolder,
      readOnly: false,
    });
    return container;
  }

  private inOrder(containers: readonly ContainerDefinition[]): void {
    for (const [index, container] of containers.entries()) {
      const next = containers[index + 1];
      next?.addContainerDependencies({ container, condition: ContainerDependencyCondition.SUCCESS });
    }
  }
}
