import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { type Cluster, FargatePlatformVersion } from 'aws-cdk-lib/aws-ecs';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { EcsTask } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { purgeArguments } from '../../../workload/process.ts';
import { containerNames, ecsNames } from '../ecs-names.ts';
import { environmentsOf } from '../platform.ts';
import { eventBridgeCron } from '../schedule.ts';
import { containerOf, createTask, type TaskProps } from './containers.ts';
import type { Network } from './network.ts';

/** The purge of expired rows: a task that EventBridge starts. Its role cannot read the owner's URL. */
export class Purge extends Construct {
  constructor(scope: Construct, id: string, props: TaskProps & { network: Network; cluster: Cluster }) {
    super(scope, id);
    const { cluster, network, values } = props;
    const taskDefinition = createTask(this, ecsNames.purgeFamily, values.purge.resources.limits, values);
    taskDefinition.addContainer('Purge', {
      ...containerOf(
        taskDefinition,
        props,
        containerNames.purge,
        environmentsOf(values, props.loadBalancerCidrs).purge,
      ),
      command: purgeArguments(values.purge),
    });
    new Rule(this, 'Schedule', {
      ruleName: ecsNames.purgeFamily,
      description: 'Removes expired sessions, old login history and old audit log',
      schedule: Schedule.expression(eventBridgeCron(values.purge.schedule) ?? ''),
      targets: [
        new EcsTask({
          cluster,
          taskDefinition,
          subnetSelection: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
          securityGroups: [network.tasks],
          platformVersion: FargatePlatformVersion.VERSION1_4,
        }),
      ],
    });
  }
}
