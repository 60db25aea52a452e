import {
  type App,
  BootstraplessSynthesizer,
  type CfnElement,
  CfnOutput,
  RemovalPolicy,
  Stack,
} from 'aws-cdk-lib';
import { Cluster, ContainerInsights } from 'aws-cdk-lib/aws-ecs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { ecsNames, exportNames } from '../ecs-names.ts';
import type { EcsValues } from '../values.ts';
import { Alarms } from './alarms.ts';
import { Overview } from './dashboard.ts';
import { Database } from './database.ts';
import { LoadBalancer } from './load-balancer.ts';
import { logicalId } from './logical-id.ts';
import { createMetrics } from './metrics.ts';
import { Network } from './network.ts';
import { Passwords } from './passwords.ts';
import { Purge } from './purge.ts';
import { Redis } from './redis.ts';
import { Secrets } from './secrets.ts';
import { Service } from './service.ts';
import { ServiceTask } from './service-task.ts';

/** Section 3.1 of the deployment guide in one stack. */
export class AuthStack extends Stack {
  constructor(scope: App, values: EcsValues) {
    super(scope, ecsNames.stack, {
      description: 'auth-service on ECS Fargate, written by npm run synth -- --target ecs',
      // The template needs neither a bucket nor the roles of cdk bootstrap.
      synthesizer: new BootstraplessSynthesizer(),
    });
    const network = new Network(this, 'Network', values);
    const secrets = this.stores(values, network);
    const cluster = new Cluster(this, 'Cluster', {
      clusterName: ecsNames.cluster,
      vpc: network.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    const log = new LogGroup(this, 'Log', {
      logGroupName: ecsNames.logGroup,
      retention: values.ecs.logRetentionDays,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const props = { values, secrets, log, network, cluster, loadBalancerCidrs: network.loadBalancerCidrs };
    const loadBalancer = new LoadBalancer(this, 'LoadBalancer', values, network);
    const task = new ServiceTask(this, 'ServiceTask', props);
    const service = new Service(this, 'Service', { ...props, loadBalancer, task });
    if (values.purge.enabled) new Purge(this, 'Purge', props);
    const metrics = createMetrics(loadBalancer, service);
    new Alarms(this, 'Alarms', values, metrics);
    new Overview(this, 'Overview', metrics);
    this.outputs(network, loadBalancer);
  }

  private stores(values: EcsValues, network: Network): Secrets {
    const passwords = new Passwords(this, 'Password', values);
    const database = new Database(this, 'Database', { values, network, ownerPassword: passwords.owner });
    const redis = new Redis(this, 'Redis', { values, network, authToken: passwords.redis });
    return new Secrets(this, 'Secret', { database, redis, passwords });
  }

  /** What the commands of docs/deploy/ecs.md and the stack of the backups ask the stack for. */
  private outputs({ tasks, vpc }: Network, { balancer }: LoadBalancer): void {
    const outputs = {
      LoadBalancerDnsName: balancer.loadBalancerDnsName,
      LoadBalancerZoneId: balancer.loadBalancerCanonicalHostedZoneId,
      TaskSubnets: vpc.privateSubnets.map(({ subnetId }) => subnetId).join(','),
      TaskSecurityGroup: tasks.securityGroupId,
    };
    const exported: Record<string, string> = exportNames;
    for (const [name, value] of Object.entries(outputs))
      new CfnOutput(this, name, { value, ...(exported[name] && { exportName: exported[name] }) });
  }

  protected override allocateLogicalId(element: CfnElement): string {
    return logicalId(element);
  }
}
