import type { Manifest } from '../../manifest.ts';
import { boolean, checkSpec, integer, listOf, strict, string, strings, texts } from './strict-schema.ts';

const attributes = listOf(strict({ key: string, value: string }, ['key', 'value']));

const listener = strict(
  {
    protocolPort: { ...string, pattern: '^(HTTP|HTTPS):\\d{1,5}$' },
    alpnPolicy: { enum: ['HTTP1Only', 'HTTP2Only', 'HTTP2Optional', 'HTTP2Preferred', 'None'] },
    certificates: strings,
    defaultCertificate: string,
    listenerAttributes: attributes,
    mutualAuthentication: strict(
      {
        advertiseTrustStoreCaNames: { enum: ['on', 'off'] },
        ignoreClientCertificateExpiry: boolean,
        mode: { enum: ['off', 'passthrough', 'verify'] },
        trustStore: string,
      },
      ['mode'],
    ),
    sslPolicy: string,
  },
  ['protocolPort'],
);

/**
 * The fields of the AWS Load Balancer Controller's resources: of LoadBalancerConfiguration all that an ALB has, and of
 * TargetGroupConfiguration those that the charts use. No npm package has their schemas.
 */
const specs: Record<string, object> = {
  LoadBalancerConfiguration: strict({
    customerOwnedIpv4Pool: string,
    ipAddressType: { enum: ['ipv4', 'dualstack', 'dualstack-without-public-ipv4'] },
    ipv4IPAMPoolId: string,
    listenerConfigurations: listOf(listener),
    loadBalancerAttributes: attributes,
    loadBalancerName: { ...string, minLength: 1, maxLength: 32 },
    loadBalancerSubnets: listOf(strict({ identifier: string })),
    loadBalancerSubnetsSelector: { type: 'object', additionalProperties: strings },
    manageBackendSecurityGroupRules: boolean,
    minimumLoadBalancerCapacity: strict({ capacityUnits: integer }, ['capacityUnits']),
    scheme: { enum: ['internet-facing', 'internal'] },
    securityGroupPrefixes: strings,
    securityGroups: strings,
    shieldConfiguration: strict({ enabled: boolean }),
    sourceRanges: strings,
    tags: texts,
    wafV2: strict({ webACL: string }, ['webACL']),
  }),
  TargetGroupConfiguration: strict(
    {
      targetReference: strict({ group: string, kind: string, name: string }, ['name']),
      defaultConfiguration: strict({
        targetType: { enum: ['ip', 'instance'] },
        healthCheckConfig: strict({
          healthCheckPath: string,
          healthCheckInterval: integer,
          healthCheckTimeout: integer,
          healthyThresholdCount: integer,
          unhealthyThresholdCount: integer,
          matcher: strict({ httpCode: string }),
        }),
        targetGroupAttributes: attributes,
      }),
    },
    ['targetReference'],
  ),
};

/** Checks an object of `gateway.k8s.aws/v1` and returns messages, or undefined for any other kind. */
export async function checkAwsGateway(object: Manifest): Promise<string[] | undefined> {
  const spec = specs[object.kind];
  return object.apiVersion === 'gateway.k8s.aws/v1' && spec ? checkSpec(object, spec) : undefined;
}
