import { Duration } from 'aws-cdk-lib';
import {
  type ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCertificate,
  type SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { loadBalancerPath, ports } from '../../../names.ts';
import { ecsNames, idleTimeoutSeconds } from '../ecs-names.ts';
import type { EcsValues } from '../values.ts';
import type { Network } from './network.ts';

/** The load balancer with TLS. HTTP is redirected, and only the port of the API has targets. */
export class LoadBalancer extends Construct {
  readonly balancer: ApplicationLoadBalancer;
  readonly targets: ApplicationTargetGroup;
  readonly https: ApplicationListener;

  constructor(scope: Construct, id: string, { ecs }: EcsValues, network: Network) {
    super(scope, id);
    this.balancer = new ApplicationLoadBalancer(this, 'Balancer', {
      loadBalancerName: ecsNames.loadBalancer,
      vpc: network.vpc,
      internetFacing: ecs.scheme === 'internet-facing',
      vpcSubnets: { subnets: network.vpc.publicSubnets },
      securityGroup: network.loadBalancer,
      idleTimeout: Duration.seconds(idleTimeoutSeconds),
      dropInvalidHeaderFields: true,
      deletionProtection: ecs.deletionProtection,
    });
    if (ecs.accessLogsBucket) {
      this.balancer.setAttribute('access_logs.s3.enabled', 'true');
      this.balancer.setAttribute('access_logs.s3.bucket', ecs.accessLogsBucket);
    }
    this.targets = new ApplicationTargetGroup(this, 'Targets', {
      targetGroupName: ecsNames.targetGroup,
      vpc: network.vpc,
      targetType: TargetType.IP,
      protocol: ApplicationProtocol.HTTP,
      port: ports.http,
      deregistrationDelay: Duration.seconds(ecs.deregistrationDelaySeconds),
      healthCheck: {
        path: loadBalancerPath,
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
    this.https = this.listeners(ecs);
    if (ecs.wafAclArn)
      new CfnWebACLAssociation(this, 'WebAcl', {
        resourceArn: this.balancer.loadBalancerArn,
        webAclArn: ecs.wafAclArn,
      });
  }

  private listeners({ certificateArn, sslPolicy }: EcsValues['ecs']): ApplicationListener {
    // The security group of the network says who may connect.
    this.balancer.addListener('Http', {
      port: 80,
      open: false,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    return this.balancer.addListener('Https', {
      port: 443,
      open: false,
      // reason: the enumeration lacks the newest policies, and its values are these names.
      sslPolicy: sslPolicy as SslPolicy,
      certificates: [ListenerCertificate.fromArn(certificateArn)],
      defaultAction: ListenerAction.forward([this.targets]),
    });
  }
}
