import { Duration } from 'aws-cdk-lib';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import {
  type Cluster,
  FargatePlatformVersion,
  FargateService,
  PropagatedTagSource,
} from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { ports } from '../../../names.ts';
import { containerNames, deploymentPercent, ecsNames } from '../ecs-names.ts';
import type { EcsValues } from '../values.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { Network } from './network.ts';
import type { ServiceTask } from './service-task.ts';

export interface ServiceProps {
  readonly values: EcsValues;
  readonly network: Network;
  readonly cluster: Cluster;
  readonly loadBalancer: LoadBalancer;
  readonly task: ServiceTask;
}

/** The tasks behind the load balancer, and their number. */
export class Service extends Construct {
  readonly service: FargateService;

  constructor(scope: Construct, id: string, props: ServiceProps) {
    super(scope, id);
    const { cluster, loadBalancer, network, task } = props;
    // No desired count: CloudFormation would reset the number of tasks with each deployment. The scaling starts with its
    // minimum.
    this.service = new FargateService(this, 'Service', {
      serviceName: ecsNames.service,
      cluster,
      taskDefinition: task.task,
      platformVersion: FargatePlatformVersion.VERSION1_4,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroups: [network.tasks],
      assignPublicIp: false,
      circuitBreaker: { enable: true, rollback: true },
      minHealthyPercent: 100,
      maxHealthyPercent: deploymentPercent,
      // The migration and the start of the service.
      healthCheckGracePeriod: Duration.minutes(5),
      propagateTags: PropagatedTagSource.SERVICE,
      enableECSManagedTags: true,
    });
    loadBalancer.targets.addTarget(
      this.service.loadBalancerTarget({
        containerName: containerNames.service,
        containerPort: ports.http,
      }),
    );
    this.service.node.addDependency(loadBalancer.https);
    this.scale(props.values);
  }

  private scale({ autoscaling }: EcsValues): void {
    const { cpuUtilization, maxReplicas, minReplicas } = autoscaling;
    const scaling = this.service.autoScaleTaskCount({ minCapacity: minReplicas, maxCapacity: maxReplicas });
    scaling.scaleOnCpuUtilization('Cpu', {
      policyName: 'cpu-scaling-policy',
      targetUtilizationPercent: cpuUtilization,
      scaleInCooldown: Duration.seconds(300),
      scaleOutCooldown: Duration.seconds(60),
    });
  }
}
