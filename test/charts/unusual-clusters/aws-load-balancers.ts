import type { UnusualCluster } from './cluster.ts';

const clouds = ['eks'] as const;
const alb = 'alb.ingress.kubernetes.io';

const mistakes: readonly [title: string, values: string, lines: string[]][] = [
  [
    'an idle timeout of the ALB above the one of the pods',
    'eks: { loadBalancerAttributes: { idle_timeout.timeout_seconds: "120" } }',
    [
      'rollout.keepAliveTimeout: must be above 120s, the idle timeout of the load balancer; otherwise clients get 502',
    ],
  ],
  [
    'a delay of deregistration above the drain',
    'eks: { deregistrationDelaySeconds: 60 }',
    [
      'rollout.drainDelay: must be above 60s: the load balancer sends requests to a stopping pod for that long',
    ],
  ],
  [
    'annotations that the charts set from other values',
    `
ingress:
  annotations:
    ${alb}/load-balancer-attributes: idle_timeout.timeout_seconds=120
    ${alb}/target-group-attributes: deregistration_delay.timeout_seconds=300
    ${alb}/scheme: internal
    ${alb}/ip-address-type: dualstack
    ${alb}/healthcheck-path: /
`,
    [
      `ingress.annotations.${alb}/load-balancer-attributes: must be removed; use eks.loadBalancerAttributes`,
      `ingress.annotations.${alb}/target-group-attributes: must be removed; use eks.targetGroupAttributes and eks.deregistrationDelaySeconds`,
      `ingress.annotations.${alb}/scheme: must be removed; use eks.scheme`,
      `ingress.annotations.${alb}/ip-address-type: must be removed; use eks.ipAddressType`,
      `ingress.annotations.${alb}/healthcheck-path: must be removed; the charts set it`,
    ],
  ],
  [
    'annotations of an Ingress on a Gateway',
    `ingress: { kind: gateway, annotations: { ${alb}/inbound-cidrs: 192.0.2.0/24 } }`,
    [
      `ingress.annotations.${alb}/inbound-cidrs: has no effect on a Gateway; use eks.loadBalancerConfiguration`,
    ],
  ],
  [
    'attributes that have a value of their own',
    'eks: { targetGroupAttributes: { deregistration_delay.timeout_seconds: "9" }, loadBalancerAttributes: { routing.http.xff_header_processing.mode: preserve } }',
    [
      'eks.loadBalancerAttributes.routing.http.xff_header_processing.mode: must be append, because the service takes the address of the client from the end of X-Forwarded-For',
      'eks.targetGroupAttributes.deregistration_delay.timeout_seconds: must be removed; use eks.deregistrationDelaySeconds',
    ],
  ],
  [
    'the whole VPC as the load balancer',
    'eks: { loadBalancerCidrs: [10.0.0.0/16, "2001:db8:20::/56"] }',
    [
      'eks.loadBalancerCidrs[0]: must be a subnet of the load balancer, smaller than /16 of IPv4 or /56 of IPv6: every workload in 10.0.0.0/16 could forge the addresses of clients',
      'eks.loadBalancerCidrs[1]: must be a subnet of the load balancer, smaller than /16 of IPv4 or /56 of IPv6: every workload in 2001:db8:20::/56 could forge the addresses of clients',
    ],
  ],
  [
    'a block in which Postgres is too',
    'eks: { loadBalancerCidrs: [10.20.0.0/17] }\ndatabase: { peers: [{ ipBlock: { cidr: 10.20.96.0/20 } }] }',
    [
      'eks.loadBalancerCidrs[0]: must be a subnet of the load balancer, and not contain 10.20.96.0/20 of database.peers or redis.peers',
    ],
  ],
  [
    'no subnet of the load balancer',
    'eks: { loadBalancerCidrs: [] }',
    ['eks.loadBalancerCidrs: must name the subnets of the load balancer, because only they reach the pods'],
  ],
  [
    'a field of the load balancer that another value sets',
    'ingress: { kind: gateway }\neks: { loadBalancerConfiguration: { scheme: internal } }',
    ['eks.loadBalancerConfiguration.scheme: must be removed; use eks.scheme'],
  ],
  [
    'a field that the load balancer does not have',
    'ingress: { kind: gateway }\neks: { loadBalancerConfiguration: { sourceRange: [192.0.2.0/24] } }',
    [
      '21-entry.yaml LoadBalancerConfiguration/auth-service-gateway: spec must NOT have additional properties sourceRange [schema]',
    ],
  ],
];

/** Application load balancers of AWS. */
export const awsLoadBalancers: readonly UnusualCluster[] = [
  {
    title: 'an ALB that installations share, with annotations that no value sets',
    clouds,
    values: `
ingress:
  className: alb-internal
  annotations:
    ${alb}/group.name: platform
    ${alb}/subnets: subnet-1,subnet-2
    ${alb}/inbound-cidrs: 192.0.2.0/24
    ${alb}/tags: team=identity
`,
    output: {
      'Ingress/auth-service-ingress': {
        metadata: {
          annotations: {
            [`${alb}/group.name`]: 'platform',
            [`${alb}/subnets`]: 'subnet-1,subnet-2',
            [`${alb}/inbound-cidrs`]: '192.0.2.0/24',
            [`${alb}/tags`]: 'team=identity',
            [`${alb}/target-type`]: 'ip',
          },
        },
        spec: { ingressClassName: 'alb-internal' },
      },
    },
  },
  {
    title: 'attributes and certificates beside those of the charts',
    clouds,
    values: `
rollout: { keepAliveTimeout: 130s }
eks:
  certificateArn: arn:aws:acm:eu-central-1:123456789012:certificate/a
  additionalCertificateArns: [arn:aws:acm:eu-central-1:123456789012:certificate/b]
  loadBalancerAttributes: { idle_timeout.timeout_seconds: "120", access_logs.s3.enabled: "true" }
  targetGroupAttributes: { slow_start.duration_seconds: "30" }
`,
    output: {
      'Ingress/auth-service-ingress': {
        metadata: {
          annotations: {
            [`${alb}/certificate-arn`]:
              'arn:aws:acm:eu-central-1:123456789012:certificate/a,arn:aws:acm:eu-central-1:123456789012:certificate/b',
            [`${alb}/load-balancer-attributes`]:
              'routing.http.drop_invalid_header_fields.enabled=true,idle_timeout.timeout_seconds=120,access_logs.s3.enabled=true',
            [`${alb}/target-group-attributes`]:
              'deregistration_delay.timeout_seconds=30,slow_start.duration_seconds=30',
          },
        },
      },
    },
  },
  {
    title: 'an ALB by the Gateway API in subnets of its own, with source ranges and tags',
    clouds,
    values: `
ingress: { kind: gateway }
gateway: { className: alb-internal }
eks:
  additionalCertificateArns: [arn:aws:acm:eu-central-1:123456789012:certificate/b]
  loadBalancerAttributes: { access_logs.s3.enabled: "true" }
  loadBalancerConfiguration:
    loadBalancerSubnets: [{ identifier: subnet-1 }, { identifier: subnet-2 }]
    securityGroups: [sg-1]
    sourceRanges: [192.0.2.0/24]
    tags: { team: identity }
`,
    output: {
      'Gateway/auth-service-gateway': { spec: { gatewayClassName: 'alb-internal' } },
      'LoadBalancerConfiguration/auth-service-gateway': {
        spec: {
          scheme: 'internet-facing',
          loadBalancerSubnets: [{ identifier: 'subnet-1' }, { identifier: 'subnet-2' }],
          securityGroups: ['sg-1'],
          sourceRanges: ['192.0.2.0/24'],
          tags: { team: 'identity' },
          loadBalancerAttributes: [
            { key: 'routing.http.drop_invalid_header_fields.enabled', value: 'true' },
            { key: 'access_logs.s3.enabled', value: 'true' },
          ],
          listenerConfigurations: [{ certificates: ['arn:aws:acm:eu-central-1:123456789012:certificate/b'] }],
        },
      },
    },
  },
  {
    title: 'the proxies of the example, which are subnets and not the VPC',
    clouds,
    values: '{}',
    output: { 'ConfigMap/auth-service-config': { data: { TRUSTED_PROXIES: '10.0.0.0/20,10.0.16.0/20' } } },
  },
  ...mistakes.map(([title, values, refused]) => ({ title, values, clouds, refused })),
];
