import { z } from 'zod';
import { cidr, dnsLabel, labels, text } from './formats.ts';

export const clouds = ['eks', 'gke', 'aks'] as const;

const certificateArn = text(
  /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[^\s,]+$/,
  'must be the ARN of an ACM certificate',
);

export const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/;

export const eks = z.strictObject({
  region: text(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'must be an AWS region').optional(),
  certificateArn: certificateArn.optional(),
  additionalCertificateArns: z.array(certificateArn),
  scheme: z.enum(['internet-facing', 'internal']),
  ipAddressType: z.enum(['ipv4', 'dualstack', 'dualstack-without-public-ipv4']).optional(),
  sslPolicy: text(/^ELBSecurityPolicy-/, 'must be an ELB security policy'),
  wafAclArn: text(/^arn:/, 'must be the ARN of a web ACL').optional(),
  deregistrationDelaySeconds: z.int().min(0).max(3_600),
  loadBalancerAttributes: labels,
  targetGroupAttributes: labels,
  loadBalancerConfiguration: z.record(z.string(), z.unknown()),
  loadBalancerCidrs: z.array(cidr),
  gatewayClassName: dnsLabel,
  secretsRoleArn: text(roleArn, 'must be the ARN of an IAM role').optional(),
});

export const gke = z.strictObject({
  project: text(/^[a-z][-a-z0-9]{4,28}[a-z0-9]$/, 'must be a project id').optional(),
  addressName: dnsLabel.optional(),
  address: z.union([z.ipv4(), z.ipv6()], 'must be the reserved IP address itself').optional(),
  managedCertificate: z.boolean(),
  preSharedCertificate: z.string().min(1).optional(),
  certificateMap: dnsLabel.optional(),
  sslPolicy: dnsLabel.optional(),
  securityPolicy: dnsLabel.optional(),
  drainingTimeoutSeconds: z.int().min(0).max(3_600),
  loadBalancerCidrs: z.array(cidr),
  gatewayClassName: dnsLabel,
  secretsServiceAccount: text(
    /^[^@\s]+@[^@\s]+\.iam\.gserviceaccount\.com$/,
    'must be a Google service account',
  ).optional(),
});

export const aks = z.strictObject({
  certificateUri: text(
    /^https:\/\/[a-z0-9-]+\.vault\.(azure\.\w+|usgovcloudapi\.net)\/certificates\/\S+$/,
    'must be a Key Vault certificate URI',
  ).optional(),
  certificateClientId: z.guid('must be the client id of a managed identity').optional(),
  ingressClassName: z.string().min(1),
  ingressNamespace: dnsLabel,
  gatewayClassName: dnsLabel,
  gatewayNamespace: dnsLabel,
  createGatewayNamespace: z.boolean(),
  gatewayName: dnsLabel,
  preserveClientAddress: z.boolean(),
  proxyCidrs: z.array(cidr),
  vaultUrl: text(/^https:\/\/\S+$/, 'must be the URL of a Key Vault').optional(),
  secretsClientId: z.guid('must be the client id of a managed identity').optional(),
  tenantId: z.guid('must be a tenant id').optional(),
});
