import { CfnMapping, Duration, Stack } from 'aws-cdk-lib';
import {
  ContainerImage,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
  Secret,
} from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { userId } from '../../../names.ts';
import { imageReference } from '../../../workload/process.ts';
import { type FargateSize, fargateSize } from '../fargate-size.ts';
import type { Environment } from '../platform.ts';
import type { EcsValues } from '../values.ts';
import type { Secrets } from './secrets.ts';

/** What all task definitions share. */
export interface TaskProps {
  readonly values: EcsValues;
  readonly secrets: Pick<Secrets, 'of'>;
  readonly log: ILogGroup;
  readonly loadBalancerCidrs: readonly string[];
}

/** ARN of the repository of an image in ECR, or undefined for an image from elsewhere. */
function ecrArn(repository: string): string | undefined {
  const [, account, region, name] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/(.+)$/.exec(repository) ?? [];
  return name && `arn:aws:ecr:${region}:${account}:repository/${name}`;
}

/** The execution role may pull this image and nothing else. */
function allowPull(task: FargateTaskDefinition, { image }: EcsValues): void {
  const repository = ecrArn(image.repository);
  if (!repository) return;
  const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
  task.addToExecutionRolePolicy(new PolicyStatement({ actions: pull, resources: [repository] }));
  // The token has no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
  task.addToExecutionRolePolicy(
    new PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
  );
}

export function createTask(
  scope: Construct,
  family: string,
  limits: Parameters<typeof fargateSize>[0],
  values: EcsValues,
): FargateTaskDefinition {
  const { cpu, memoryMib }: FargateSize = fargateSize(limits);
  const task = new FargateTaskDefinition(scope, 'Task', {
    family,
    cpu,
    memoryLimitMiB: memoryMib,
    runtimePlatform: {
      cpuArchitecture: CpuArchitecture.X86_64,
      operatingSystemFamily: OperatingSystemFamily.LINUX,
    },
  });
  allowPull(task, values);
  return task;
}

/** Longer texts are in the template once, because it has at most 51,200 bytes. */
function environmentOf(task: FargateTaskDefinition, texts: Environment['texts']): Record<string, string> {
  const stack = Stack.of(task);
  const map = (name: string, text: string): string => {
    const known = stack.node.tryFindChild('Texts') ?? new CfnMapping(stack, 'Texts', {});
    // reason: nothing else has this name.
    const mapping = known as CfnMapping;
    mapping.setValue('Environment', name.replaceAll('_', ''), text);
    return mapping.findInMap('Environment', name.replaceAll('_', ''));
  };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text.length > 500 ? map(name, text) : text]),
  );
}

/** The part of a container that all containers share: the image, read-only, without privileges, with its log. */
export function containerOf(
  task: FargateTaskDefinition,
  { log, secrets, values }: TaskProps,
  name: string,
  { secrets: keys, texts }: Environment,
) {
  return {
    containerName: name,
    image: ContainerImage.fromRegistry(imageReference(values.image)),
    user: `${userId}:${userId}`,
    readonlyRootFilesystem: true,
    environment: environmentOf(task, texts),
    secrets: Object.fromEntries(
      Object.entries(keys).map(([variable, key]) => [variable, Secret.fromSecretsManager(secrets.of(key))]),
    ),
    logging: LogDrivers.awsLogs({ logGroup: log, streamPrefix: 'ecs' }),
  };
}

/** Of a container that ends before others start. */
export const startsFirst = (seconds: number) => ({
  essential: false,
  startTimeout: Duration.seconds(seconds),
});
