import {
  GatewayVpcEndpointAwsService,
  IpAddresses,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { ports } from '../../../names.ts';
import { ecsNames, storePorts } from '../ecs-names.ts';
import type { EcsValues } from '../values.ts';

/** The network: two zones, and a security group for each kind of machine that lets in and out only what it needs. */
export class Network extends Construct {
  readonly vpc: Vpc;
  readonly loadBalancer: SecurityGroup;
  readonly tasks: SecurityGroup;
  readonly database: SecurityGroup;
  readonly redis: SecurityGroup;

  constructor(scope: Construct, id: string, { ecs }: EcsValues) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      vpcName: ecsNames.vpc,
      ipAddresses: IpAddresses.cidr(ecs.vpcCidr),
      maxAzs: 2,
      natGateways: ecs.natGateways,
      // It would need a function, and a function needs a bucket for its code.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Public', subnetType: SubnetType.PUBLIC, cidrMask: 24, mapPublicIpOnLaunch: false },
        { name: 'Service', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 },
        { name: 'Data', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 },
      ],
      // The layers of images come from S3. This way costs nothing, unlike the way through the NAT gateway.
      gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    });
    this.loadBalancer = this.group('LoadBalancer', 'Load balancer of the auth service');
    this.tasks = this.group('Tasks', 'Tasks of the auth service');
    this.database = this.group('Database', 'Postgres of the auth service');
    this.redis = this.group('Redis', 'Redis of the auth service');
    this.rules(ecs);
  }

  private group(id: string, description: string): SecurityGroup {
    return new SecurityGroup(this, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  private rules({ metricsCidrs, scheme, vpcCidr }: EcsValues['ecs']): void {
    const clients = scheme === 'internal' ? Peer.ipv4(vpcCidr) : Peer.anyIpv4();
    this.loadBalancer.addIngressRule(clients, Port.tcp(443), 'HTTPS of clients');
    this.loadBalancer.addIngressRule(clients, Port.tcp(80), 'HTTP of clients, which is redirected');
    this.loadBalancer.connections.allowTo(this.tasks, Port.tcp(ports.http), 'API');
    for (const cidr of metricsCidrs)
      this.tasks.addIngressRule(Peer.ipv4(cidr), Port.tcp(ports.metrics), 'Prometheus');
    this.tasks.connections.allowTo(this.database, Port.tcp(storePorts.database), 'Postgres');
    this.tasks.connections.allowTo(this.redis, Port.tcp(storePorts.redis), 'Redis');
    this.tasks.addEgressRule(Peer.anyIpv4(), Port.tcp(443), 'Images, secrets, logs and the breach check');
  }

  /** The networks of the load balancer, whose X-Forwarded-For the service trusts. */
  get loadBalancerCidrs(): string[] {
    return this.vpc.publicSubnets.map(({ ipv4CidrBlock }) => ipv4CidrBlock);
  }
}
