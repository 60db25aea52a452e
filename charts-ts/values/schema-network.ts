import { z } from 'zod';
import { annotations, cidr, dnsLabel, hostName, labels } from './formats.ts';

/** A peer of a NetworkPolicy: addresses, or pods of a namespace. */
export const peer = z.union(
  [z.strictObject({ cidr }), z.strictObject({ namespace: dnsLabel, podLabels: labels.optional() })],
  'must be {cidr} or {namespace, podLabels}',
);
export type Peer = z.infer<typeof peer>;

export const peers = z.array(peer).min(1, 'must name at least one peer');
export const port = z.int().min(1).max(65_535);

export const ingress = z.strictObject({
  kind: z.enum(['ingress', 'gateway', 'none']),
  host: hostName,
  tls: z.boolean(),
  annotations,
});

export const service = z.strictObject({
  labels,
  annotations,
  trafficDistribution: z.enum(['PreferClose', 'PreferSameZone', 'PreferSameNode']).optional(),
  ipFamilyPolicy: z.enum(['SingleStack', 'PreferDualStack', 'RequireDualStack']).optional(),
  ipFamilies: z
    .array(z.enum(['IPv4', 'IPv6']))
    .refine((families) => new Set(families).size === families.length, 'must name each family once'),
});

export const networkPolicy = z.strictObject({
  enabled: z.boolean(),
  dnsCidrs: z.array(cidr),
  nodeCidrs: z.array(cidr),
  prometheus: z.strictObject({ namespace: dnsLabel, podLabels: labels }),
  otlp: z.strictObject({ enabled: z.boolean(), port, peers: z.array(peer) }),
  extraEgress: z.array(z.strictObject({ peers, port })),
});
