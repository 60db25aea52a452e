import { loadBalancerPath } from '../../../../names.ts';
import { seconds } from '../../../../values/formats.ts';
import { containerNames } from '../../ecs-names.ts';
import { containersOf } from '../containers.ts';
import type { Finding, Rule } from '../rule.ts';
import { listOf, referenceOf, type Template, textOf, treeOf } from '../template.ts';

const service = (template: Template) =>
  containersOf(template).find(({ name }) => name === containerNames.service);
const serviceSeconds = (template: Template, name: string): number =>
  seconds(service(template)?.env[name] ?? '0s');

/** An attribute of a load balancer or a target group. */
function attribute(list: unknown, key: string): string | undefined {
  const found = listOf(list)
    .map(treeOf)
    .find(({ Key }) => Key === key);
  return found && textOf(found.Value);
}

const idleTimeout: Rule = {
  id: 'idle-timeout',
  *check(template): Iterable<Finding> {
    const keepAlive = serviceSeconds(template, 'KEEP_ALIVE_TIMEOUT');
    for (const { id, properties } of template.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')) {
      const idle = Number(attribute(properties.LoadBalancerAttributes, 'idle_timeout.timeout_seconds') ?? 60);
      if (idle >= keepAlive)
        yield [
          id,
          `its idle timeout, ${idle} s, must be below KEEP_ALIVE_TIMEOUT, ${keepAlive} s; otherwise clients get 502`,
        ];
    }
  },
};

const deregistration: Rule = {
  id: 'deregistration',
  *check(template): Iterable<Finding> {
    const drain = serviceSeconds(template, 'DRAIN_DELAY');
    for (const { id, properties } of template.ofType('AWS::ElasticLoadBalancingV2::TargetGroup')) {
      const delay = Number(
        attribute(properties.TargetGroupAttributes, 'deregistration_delay.timeout_seconds') ?? 300,
      );
      if (delay >= drain)
        yield [
          id,
          `its deregistration delay, ${delay} s, must be below DRAIN_DELAY, ${drain} s: the load balancer sends requests to a stopping task for that long`,
        ];
    }
  },
};

const targetHealth: Rule = {
  id: 'target-health',
  *check(template): Iterable<Finding> {
    for (const { id, properties } of template.ofType('AWS::ElasticLoadBalancingV2::TargetGroup')) {
      const interval = Number(properties.HealthCheckIntervalSeconds ?? 30);
      const timeout = Number(properties.HealthCheckTimeoutSeconds ?? 5);
      if (properties.HealthCheckPath !== loadBalancerPath)
        yield [
          id,
          `its health check must ask ${loadBalancerPath}, which is 503 while a task drains, and not ${properties.HealthCheckPath ?? '/'}`,
        ];
      if (interval < 5 || interval > 300)
        yield [id, `the interval of its health check must be from 5 to 300 s, and is ${interval}`];
      if (timeout >= interval)
        yield [
          id,
          `the timeout of its health check, ${timeout} s, must be below the interval, ${interval} s`,
        ];
    }
  },
};

const tls: Rule = {
  id: 'tls',
  *check(template): Iterable<Finding> {
    for (const { id, properties } of template.ofType('AWS::ElasticLoadBalancingV2::Listener')) {
      const actions = listOf(properties.DefaultActions).map(treeOf);
      if (properties.Protocol === 'HTTP' && actions.some(({ Type }) => Type !== 'redirect'))
        yield [
          id,
          'HTTP must be redirected to HTTPS, because passwords would cross the network as plain text',
        ];
      const policy = textOf(properties.SslPolicy);
      if (
        properties.Protocol === 'HTTPS' &&
        !policy.startsWith('ELBSecurityPolicy-TLS13-1-2-') &&
        !policy.startsWith('ELBSecurityPolicy-TLS13-1-3-')
      )
        yield [
          id,
          `its policy ${policy || '(default)'} still allows TLS 1.0: use ELBSecurityPolicy-TLS13-1-2-2021-06`,
        ];
    }
  },
};

const trustedProxies: Rule = {
  id: 'trusted-proxies',
  *check(template): Iterable<Finding> {
    const subnets = new Map(
      template.ofType('AWS::EC2::Subnet').map(({ id, properties }) => [id, textOf(properties.CidrBlock)]),
    );
    const container = service(template);
    const trusted = (container?.env.TRUSTED_PROXIES ?? '').split(',');
    for (const { properties } of template.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')) {
      for (const subnet of listOf(properties.Subnets).map(referenceOf)) {
        const cidr = subnets.get(subnet ?? '');
        if (cidr && !trusted.includes(cidr))
          yield [
            `${container?.task.id}: container ${container?.name}`,
            `TRUSTED_PROXIES lacks ${cidr}, a subnet of the load balancer: all clients would share one rate limit`,
          ];
      }
    }
  },
};

/** Who may connect: the group that is opened, and its port. */
function* ingressOf(template: Template) {
  for (const { id, properties } of template.ofType('AWS::EC2::SecurityGroup'))
    for (const rule of listOf(properties.SecurityGroupIngress).map(treeOf)) yield { id, group: id, rule };
  for (const { id, properties } of template.ofType('AWS::EC2::SecurityGroupIngress'))
    yield { id, group: referenceOf(properties.GroupId), rule: properties };
}

const openPorts: Rule = {
  id: 'open-port',
  *check(template): Iterable<Finding> {
    const balancers = template.ofType('AWS::ElasticLoadBalancingV2::LoadBalancer');
    const groups = balancers.flatMap(({ properties }) => listOf(properties.SecurityGroups).map(referenceOf));
    for (const { group, id, rule } of ingressOf(template)) {
      const isOpen = rule.CidrIp === '0.0.0.0/0' || rule.CidrIpv6 === '::/0';
      const isWeb =
        groups.includes(group) && rule.FromPort === rule.ToPort && [80, 443].includes(Number(rule.FromPort));
      if (isOpen && !isWeb)
        yield [id, `opens port ${rule.FromPort} to the internet, where only the load balancer may be`];
    }
  },
};

/** Rules about the load balancer and the ways into the network. */
export const networkRules: readonly Rule[] = [
  idleTimeout,
  deregistration,
  targetHealth,
  tls,
  trustedProxies,
  openPorts,
];
