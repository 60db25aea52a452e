import type { Construct } from 'constructs';
import { accountsOf, loadBalancerPath } from '../names.ts';
import { containsBlock, isWholeNetwork } from '../values/cidr-blocks.ts';
import type { Eks, Values } from '../values/schema.ts';
import type { Cloud } from './cloud.ts';
import {
  albHealthCheck,
  attributeFaults,
  idleTimeoutSeconds,
  loadBalancerAttributes,
  targetGroupAttributes,
} from './eks-attributes.ts';
import { addAlbGateway, ownFields } from './eks-gateway.ts';
import { eksWorkloadIdentity, identityFaults } from './eks-identity.ts';
import { hasOwnGateway } from './gateway.ts';
import { hostsOf, ingressTls } from './hosts.ts';
import { addIngress } from './ingress.ts';

const prefix = 'alb.ingress.kubernetes.io';

const toText = (attributes: Readonly<Record<string, string>>): string =>
  Object.entries(attributes)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** The annotations of the ALB. Its defaults would allow old TLS versions and lose requests during a rollout. */
function albAnnotations(values: Values, eks: Eks): Record<string, string> {
  const tls: Record<string, string> = {
    [`${prefix}/certificate-arn`]: [eks.certificateArn ?? '', ...eks.additionalCertificateArns].join(','),
    [`${prefix}/listen-ports`]: '[{"HTTP": 80}, {"HTTPS": 443}]',
    [`${prefix}/ssl-redirect`]: '443',
    [`${prefix}/ssl-policy`]: eks.sslPolicy,
  };
  return {
    [`${prefix}/scheme`]: eks.scheme,
    ...(eks.ipAddressType && { [`${prefix}/ip-address-type`]: eks.ipAddressType }),
    [`${prefix}/target-type`]: 'ip',
    [`${prefix}/backend-protocol`]: 'HTTP',
    [`${prefix}/healthcheck-path`]: loadBalancerPath,
    [`${prefix}/healthcheck-interval-seconds`]: String(albHealthCheck.intervalSeconds),
    [`${prefix}/healthcheck-timeout-seconds`]: String(albHealthCheck.timeoutSeconds),
    [`${prefix}/healthy-threshold-count`]: String(albHealthCheck.healthy),
    [`${prefix}/unhealthy-threshold-count`]: String(albHealthCheck.unhealthy),
    [`${prefix}/success-codes`]: '200',
    [`${prefix}/target-group-attributes`]: toText(targetGroupAttributes(eks)),
    [`${prefix}/load-balancer-attributes`]: toText(loadBalancerAttributes(eks)),
    ...(values.ingress.tls ? tls : { [`${prefix}/listen-ports`]: '[{"HTTP": 80}]' }),
    ...(eks.wafAclArn && { [`${prefix}/wafv2-acl-arn`]: eks.wafAclArn }),
  };
}

/** Annotations that other values set, by the end of their name. Those without a value have only one that works. */
const valuesOfAnnotations = {
  scheme: 'eks.scheme',
  'ip-address-type': 'eks.ipAddressType',
  'certificate-arn': 'eks.certificateArn and eks.additionalCertificateArns',
  'listen-ports': 'ingress.tls',
  'ssl-redirect': 'ingress.tls',
  'ssl-policy': 'eks.sslPolicy',
  'wafv2-acl-arn': 'eks.wafAclArn',
  'load-balancer-attributes': 'eks.loadBalancerAttributes',
  'target-group-attributes': 'eks.targetGroupAttributes and eks.deregistrationDelaySeconds',
};

function reservedAnnotations(values: Values, eks: Eks): Record<string, string> {
  const fixed = Object.keys(albAnnotations(values, eks)).map((name) => [name, 'the charts set it'] as const);
  const byValue = Object.entries(valuesOfAnnotations).map(
    ([name, path]) => [`${prefix}/${name}`, `use ${path}`] as const,
  );
  return { ...Object.fromEntries(fixed), ...Object.fromEntries(byValue) };
}

function addAlbIngress(scope: Construct, values: Values, eks: Eks): void {
  addIngress(scope, values, albAnnotations(values, eks), {
    // The API server rejects an Ingress that has the annotation kubernetes.io/ingress.class as well.
    ingressClassName: values.ingress.className ?? 'alb',
    // The certificate comes from ACM, so there is no Secret.
    ...(values.ingress.tls && { tls: ingressTls(values) }),
  });
}

/**
 * Blocks from which others than the load balancer send requests too. These could name any address as that of their client,
 * and so get around the limits for each address.
 */
function* proxyFaults({ database, redis }: Values, eks: Eks): Iterable<string> {
  if (eks.loadBalancerCidrs.length === 0)
    yield 'eks.loadBalancerCidrs: must name the subnets of the load balancer, because only they reach the pods';
  const stores = [...database.peers, ...redis.peers].flatMap(
    ({ cidr, ipBlock }) => cidr ?? ipBlock?.cidr ?? [],
  );
  for (const [index, block] of eks.loadBalancerCidrs.entries()) {
    const path = `eks.loadBalancerCidrs[${index}]`;
    const store = stores.find((one) => containsBlock(block, one));
    if (isWholeNetwork(block))
      yield `${path}: must be a subnet of the load balancer, smaller than /16 of IPv4 or /56 of IPv6: every workload in ${block} could forge the addresses of clients`;
    else if (store)
      yield `${path}: must be a subnet of the load balancer, and not contain ${store} of database.peers or redis.peers`;
  }
}

function* entryFaults(values: Values, eks: Eks): Iterable<string> {
  const { annotations, kind, tls } = values.ingress;
  if (values.service.ipFamilies[0] === 'IPv6' && (eks.ipAddressType ?? 'ipv4') === 'ipv4')
    yield 'eks.ipAddressType: must be dualstack, because service.ipFamilies begins with IPv6: an ALB of the type ipv4 has no IPv6 targets';
  if (eks.ipAddressType === 'dualstack-without-public-ipv4' && eks.scheme === 'internal')
    yield 'eks.ipAddressType: must be dualstack or ipv4, because eks.scheme is internal';
  if (tls && hasOwnGateway(values) && !eks.certificateArn)
    yield 'eks.certificateArn: is required because ingress.tls is true: give the ARN of the ACM certificate, or set ingress.tls to false';
  if (hostsOf(values).some(({ tlsSecretName }) => tlsSecretName))
    yield 'ingress.tlsSecretName: must be null, because an ALB takes its certificate from ACM: use eks.certificateArn, or set ingress.controller for another controller';
  for (const name of Object.keys(annotations))
    if (kind === 'gateway' && name.startsWith(`${prefix}/`))
      yield `ingress.annotations.${name}: has no effect on a Gateway; use eks.loadBalancerConfiguration`;
  for (const [field, path] of Object.entries(ownFields))
    if (field in eks.loadBalancerConfiguration)
      yield `eks.loadBalancerConfiguration.${field}: must be removed; use ${path}`;
  yield* attributeFaults(eks);
  yield* proxyFaults(values, eks);
}

/** Amazon EKS with the AWS Load Balancer Controller. */
export function createEks(values: Values, eks: Eks): Cloud {
  return {
    loadBalancer: {
      peers: eks.loadBalancerCidrs.map((cidr) => ({ cidr })),
      proxies: eks.loadBalancerCidrs,
      deregistrationSeconds: eks.deregistrationDelaySeconds,
      idleTimeoutSeconds: idleTimeoutSeconds(eks),
    },
    // A new pod is ready only when the ALB has found it healthy.
    namespaceLabels: { 'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled' },
    reservedAnnotations: values.ingress.kind === 'ingress' ? reservedAnnotations(values, eks) : {},
    secretStore: {
      provider: {
        aws: {
          service: 'SecretsManager',
          region: eks.region ?? '',
          auth: { jwt: { serviceAccountRef: { name: accountsOf(values).secretsReader } } },
        },
      },
      serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': eks.secretsRoleArn ?? '' },
    },
    workloadIdentity: eksWorkloadIdentity,
    faults: () => identityFaults(values, eks),
    entryFaults: () => entryFaults(values, eks),
    addIngress: (scope) => addAlbIngress(scope, values, eks),
    addGateway: (scope) => addAlbGateway(scope, values, eks),
  };
}
