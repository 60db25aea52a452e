import { z } from 'zod';
import { annotations, cidr, dnsLabel, hostName, labels, text } from './formats.ts';
import {
  egressRule,
  ingressRule,
  networkPorts,
  optionalPeers,
  optionalSources,
  peers,
  port,
  sources,
} from './schema-peers.ts';
import { workload } from './schema-workload.ts';

/** The name of an object whose name may contain dots, such as a Secret or an IngressClass. */
const objectName = text(
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  'must be the name of an object: lower case letters, digits, - and .',
);

const path = z.strictObject({
  path: text(/^\/\S*$/, 'must begin with /'),
  pathType: z.enum(['Prefix', 'Exact', 'ImplementationSpecific']).optional(),
});

/** A controller that is not the cloud's own, as the pods of the service see it. */
const controller = z.strictObject({
  peers: sources,
  trustedProxies: workload.trustedProxies,
  idleTimeoutSeconds: z.int().min(0),
  deregistrationSeconds: z.int().min(0).optional(),
});

export const ingress = z.strictObject({
  kind: z.enum(['ingress', 'gateway', 'route', 'none']),
  className: objectName.optional(),
  controller: controller.optional(),
  host: hostName.optional(),
  hosts: z.array(
    z.strictObject({
      host: hostName,
      paths: z.array(path).min(1, 'must name at least one path').optional(),
      tlsSecretName: objectName.optional(),
    }),
  ),
  tls: z.boolean(),
  tlsSecretName: objectName.optional(),
  annotations,
});
export type Controller = z.infer<typeof controller>;

const parentRef = z.strictObject({
  group: z.string().optional(),
  kind: z.string().min(1).optional(),
  name: objectName,
  namespace: dnsLabel.optional(),
  sectionName: objectName.optional(),
  port: port.optional(),
});
export type ParentRef = z.infer<typeof parentRef>;

export const gateway = z.strictObject({
  className: objectName.optional(),
  listeners: z.array(z.record(z.string(), z.unknown())),
  redirect: z.boolean(),
  parentRefs: z.array(parentRef),
  redirectParentRefs: z.array(parentRef),
  routeAnnotations: labels,
});

export const service = z.strictObject({
  labels,
  type: z.enum(['ClusterIP', 'NodePort', 'LoadBalancer']),
  port,
  nodePort: z.int().min(1).max(65_535).optional(),
  loadBalancerClass: z.string().min(1).optional(),
  loadBalancerSourceRanges: z.array(cidr),
  externalTrafficPolicy: z.enum(['Cluster', 'Local']).optional(),
  annotations,
  clusterDomain: hostName,
  trafficDistribution: z.enum(['PreferClose', 'PreferSameZone', 'PreferSameNode']).optional(),
  ipFamilyPolicy: z.enum(['SingleStack', 'PreferDualStack', 'RequireDualStack']).optional(),
  ipFamilies: z
    .array(z.enum(['IPv4', 'IPv6']))
    .refine((families) => new Set(families).size === families.length, 'must name each family once'),
});

export const networkPolicy = z.strictObject({
  enabled: z.boolean(),
  defaultDeny: z.enum(['pods', 'namespace']),
  dns: z.strictObject({ peers, ports: networkPorts }),
  dnsCidrs: z.array(cidr),
  nodeCidrs: z.array(cidr),
  prometheus: optionalSources,
  callers: optionalSources,
  otlp: z.strictObject({ enabled: z.boolean(), port, peers: optionalPeers }),
  extraEgress: z.array(egressRule),
  extraIngress: z.array(ingressRule),
  cilium: z.strictObject({ enabled: z.boolean() }),
});
