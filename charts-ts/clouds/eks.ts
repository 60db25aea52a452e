import type { Construct } from 'constructs';
import { loadBalancerPath, namesOf } from '../names.ts';
import type { Eks, Values } from '../values/schema.ts';
import { type Cloud, readsCloudStore } from './cloud.ts';
import { addAlbGateway, albHealthCheck } from './eks-gateway.ts';
import { addIngress } from './routing.ts';

const prefix = 'alb.ingress.kubernetes.io';

/** The annotations of the ALB. Its defaults would allow old TLS versions and lose requests during a rollout. */
function albAnnotations(values: Values, eks: Eks): Record<string, string> {
  const tls: Record<string, string> = {
    [`${prefix}/certificate-arn`]: eks.certificateArn ?? '',
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
    [`${prefix}/target-group-attributes`]: `deregistration_delay.timeout_seconds=${eks.deregistrationDelaySeconds}`,
    [`${prefix}/load-balancer-attributes`]: 'routing.http.drop_invalid_header_fields.enabled=true',
    ...(values.ingress.tls ? tls : { [`${prefix}/listen-ports`]: '[{"HTTP": 80}]' }),
    ...(eks.wafAclArn && { [`${prefix}/wafv2-acl-arn`]: eks.wafAclArn }),
  };
}

function addAlbIngress(scope: Construct, values: Values, eks: Eks): void {
  addIngress(scope, values, albAnnotations(values, eks), {
    // The API server rejects an Ingress that has the annotation kubernetes.io/ingress.class as well.
    ingressClassName: 'alb',
    // The certificate comes from ACM, so there is no Secret. The hosts show scanners that the Ingress uses TLS.
    ...(values.ingress.tls && { tls: [{ hosts: [values.ingress.host] }] }),
  });
}

/** Amazon EKS with the AWS Load Balancer Controller. */
export function createEks(values: Values, eks: Eks): Cloud {
  return {
    loadBalancer: {
      peers: eks.loadBalancerCidrs.map((cidr) => ({ cidr })),
      proxies: eks.loadBalancerCidrs,
      deregistrationSeconds: eks.deregistrationDelaySeconds,
      // The default of the ALB.
      idleTimeoutSeconds: 60,
    },
    // A new pod is ready only when the ALB has found it healthy.
    namespaceLabels: { 'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled' },
    secretStore: {
      provider: {
        aws: {
          service: 'SecretsManager',
          region: eks.region,
          auth: { jwt: { serviceAccountRef: { name: namesOf(values).secretsReader } } },
        },
      },
      serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': eks.secretsRoleArn ?? '' },
    },
    workloadIdentity: (role) => ({
      annotations: { 'eks.amazonaws.com/role-arn': role },
      podLabels: {},
      egress: [],
    }),
    *faults() {
      const isIPv6 = values.service.ipFamilies[0] === 'IPv6';
      if (values.ingress.kind !== 'none' && isIPv6 && (eks.ipAddressType ?? 'ipv4') === 'ipv4')
        yield 'eks.ipAddressType: must be dualstack, because service.ipFamilies begins with IPv6: an ALB of the type ipv4 has no IPv6 targets';
      if (eks.ipAddressType === 'dualstack-without-public-ipv4' && eks.scheme === 'internal')
        yield 'eks.ipAddressType: must be dualstack or ipv4, because eks.scheme is internal';
      if (values.ingress.kind !== 'none' && values.ingress.tls && !eks.certificateArn)
        yield 'eks.certificateArn: is required because ingress.tls is true: give the ARN of the ACM certificate, or set ingress.tls to false';
      if (readsCloudStore(values.secrets) && !eks.secretsRoleArn)
        yield 'eks.secretsRoleArn: is required because secrets.source is external: give the ARN of the IAM role that may read the secrets';
    },
    addIngress: (scope) => addAlbIngress(scope, values, eks),
    addGateway: (scope) => addAlbGateway(scope, values, eks),
  };
}
