import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { Construct } from 'constructs';
import { addObject, type Manifest } from '../manifest.ts';
import { loadBalancerPath, metadata, namesOf } from '../names.ts';
import type { Eks, Values } from '../values/schema.ts';
import { addRoutes, gatewayListeners } from './routing.ts';

/** A custom resource of the AWS Load Balancer Controller. charts-ts/gate/schemas/aws-gateway.ts checks its fields. */
interface AwsConfiguration extends Manifest {
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The ALB checks readiness, so that it stops sending requests to a draining pod at once. */
export const albHealthCheck = { intervalSeconds: 10, timeoutSeconds: 5, healthy: 2, unhealthy: 2 } as const;

const attribute = (key: string, value: string) => ({ key, value });

function addLoadBalancer(scope: Construct, values: Values, eks: Eks): void {
  const https = {
    protocolPort: 'HTTPS:443',
    defaultCertificate: eks.certificateArn,
    sslPolicy: eks.sslPolicy,
  };
  addObject<AwsConfiguration>(scope, 'load-balancer', {
    apiVersion: 'gateway.k8s.aws/v1',
    kind: 'LoadBalancerConfiguration',
    metadata: metadata(values, namesOf(values).gateway, { component: 'entry' }),
    spec: {
      scheme: eks.scheme,
      ...(eks.ipAddressType && { ipAddressType: eks.ipAddressType }),
      loadBalancerAttributes: [attribute('routing.http.drop_invalid_header_fields.enabled', 'true')],
      ...(values.ingress.tls && { listenerConfigurations: [https] }),
      ...(eks.wafAclArn && { wafV2: { webACL: eks.wafAclArn } }),
    },
  });
}

function addTargetGroup(scope: Construct, values: Values, eks: Eks): void {
  addObject<AwsConfiguration>(scope, 'target-group', {
    apiVersion: 'gateway.k8s.aws/v1',
    kind: 'TargetGroupConfiguration',
    metadata: metadata(values, namesOf(values).app, { component: 'entry' }),
    spec: {
      targetReference: { name: namesOf(values).app },
      defaultConfiguration: {
        targetType: 'ip',
        healthCheckConfig: {
          healthCheckPath: loadBalancerPath,
          healthCheckInterval: albHealthCheck.intervalSeconds,
          healthCheckTimeout: albHealthCheck.timeoutSeconds,
          healthyThresholdCount: albHealthCheck.healthy,
          unhealthyThresholdCount: albHealthCheck.unhealthy,
          matcher: { httpCode: '200' },
        },
        targetGroupAttributes: [
          attribute('deregistration_delay.timeout_seconds', String(eks.deregistrationDelaySeconds)),
        ],
      },
    },
  });
}

/** An ALB by the Gateway API. Two configuration objects contain what the annotations of an Ingress contain. */
export function addAlbGateway(scope: Construct, values: Values, eks: Eks): void {
  const { annotations } = values.ingress;
  addObject<IGateway>(scope, 'gateway', {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: metadata(values, namesOf(values).gateway, { component: 'entry', annotations }),
    spec: {
      gatewayClassName: eks.gatewayClassName,
      infrastructure: {
        parametersRef: {
          group: 'gateway.k8s.aws',
          kind: 'LoadBalancerConfiguration',
          name: namesOf(values).gateway,
        },
      },
      // LoadBalancerConfiguration names the certificate.
      listeners: gatewayListeners(values),
    },
  });
  addLoadBalancer(scope, values, eks);
  addTargetGroup(scope, values, eks);
  addRoutes(scope, values);
}
