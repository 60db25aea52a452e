import type { Manifest } from '../../manifest.ts';
import { toDottedPath } from '../untyped.ts';

const string = { type: 'string' } as const;
const strict = (properties: object, required: string[] = []) =>
  ({ type: 'object', properties, required, additionalProperties: false }) as const;
const attributes = {
  type: 'array',
  items: strict({ key: string, value: string }, ['key', 'value']),
} as const;

/** The fields of the AWS Load Balancer Controller's resources that the charts use. No npm package has their schemas. */
const specs: Record<string, object> = {
  LoadBalancerConfiguration: strict({
    scheme: { enum: ['internet-facing', 'internal'] },
    ipAddressType: { enum: ['ipv4', 'dualstack', 'dualstack-without-public-ipv4'] },
    loadBalancerAttributes: attributes,
    listenerConfigurations: {
      type: 'array',
      items: strict(
        {
          protocolPort: { ...string, pattern: '^(HTTP|HTTPS):\\d{1,5}$' },
          defaultCertificate: string,
          sslPolicy: string,
          alpnPolicy: string,
        },
        ['protocolPort'],
      ),
    },
    wafV2: strict({ webACL: string }, ['webACL']),
  }),
  TargetGroupConfiguration: strict(
    {
      targetReference: strict({ group: string, kind: string, name: string }, ['name']),
      defaultConfiguration: strict({
        targetType: { enum: ['ip', 'instance'] },
        healthCheckConfig: strict({
          healthCheckPath: string,
          healthCheckInterval: { type: 'integer' },
          healthCheckTimeout: { type: 'integer' },
          healthyThresholdCount: { type: 'integer' },
          unhealthyThresholdCount: { type: 'integer' },
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
  if (object.apiVersion !== 'gateway.k8s.aws/v1' || !spec) return undefined;
  // Only an EKS Gateway needs Ajv, so other clouds do not wait for its 100 ms of loading.
  const { Ajv } = await import('ajv');
  const properties = { apiVersion: string, kind: string, metadata: { type: 'object' }, spec };
  const validate = new Ajv({ allErrors: true }).compile(strict(properties, ['metadata', 'spec']));
  if (validate(object)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${toDottedPath(instancePath)} ${message} ${Object.values(params).join(' ')}`,
  );
}
