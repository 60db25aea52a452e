import type { Construct } from 'constructs';
import { addObject, type Manifest } from '../manifest.ts';
import { loadBalancerPath, metadata, namesOf } from '../names.ts';
import type { Eks, Values } from '../values/schema.ts';
import { albHealthCheck, loadBalancerAttributes, targetGroupAttributes } from './eks-attributes.ts';
import { addGateway, hasOwnGateway } from './gateway.ts';
import { addRoutes } from './routes.ts';

/** A custom resource of the AWS Load Balancer Controller. charts-ts/gate/schemas/aws-gateway.ts checks its fields. */
interface AwsConfiguration extends Manifest {
  readonly spec: Readonly<Record<string, unknown>>;
}

const toList = (attributes: Readonly<Record<string, string>>) =>
  Object.entries(attributes).map(([key, value]) => ({ key, value }));

/** The fields of LoadBalancerConfiguration that other values set, each with the value. */
export const ownFields: Readonly<Record<string, string>> = {
  scheme: 'eks.scheme',
  ipAddressType: 'eks.ipAddressType',
  loadBalancerAttributes: 'eks.loadBalancerAttributes',
  listenerConfigurations: 'eks.certificateArn, eks.additionalCertificateArns and eks.sslPolicy',
  wafV2: 'eks.wafAclArn',
};

function addLoadBalancer(scope: Construct, values: Values, eks: Eks): void {
  const https = {
    protocolPort: 'HTTPS:443',
    defaultCertificate: eks.certificateArn,
    ...(eks.additionalCertificateArns.length > 0 && { certificates: eks.additionalCertificateArns }),
    sslPolicy: eks.sslPolicy,
  };
  addObject<AwsConfiguration>(scope, 'load-balancer', {
    apiVersion: 'gateway.k8s.aws/v1',
    kind: 'LoadBalancerConfiguration',
    metadata: metadata(values, namesOf(values).gateway, { component: 'entry' }),
    spec: {
      ...eks.loadBalancerConfiguration,
      scheme: eks.scheme,
      ...(eks.ipAddressType && { ipAddressType: eks.ipAddressType }),
      loadBalancerAttributes: toList(loadBalancerAttributes(eks)),
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
        targetGroupAttributes: toList(targetGroupAttributes(eks)),
      },
    },
  });
}

/** An ALB by the Gateway API. Two configuration objects contain what the annotations of an Ingress contain. */
export function addAlbGateway(scope: Construct, values: Values, eks: Eks): void {
  if (hasOwnGateway(values)) {
    const name = namesOf(values).gateway;
    const parametersRef = { group: 'gateway.k8s.aws', kind: 'LoadBalancerConfiguration', name };
    const gatewayClassName = values.gateway.className ?? eks.gatewayClassName;
    // LoadBalancerConfiguration names the certificate.
    addGateway(scope, values, { gatewayClassName, infrastructure: { parametersRef } });
    addLoadBalancer(scope, values, eks);
  }
  addTargetGroup(scope, values, eks);
  addRoutes(scope, values);
}
