import { z } from 'zod';
import { cidr, hostName, text } from '../../values/formats.ts';
import { backupOptions } from '../../values/schema-backup.ts';
import { eks } from '../../values/schema-clouds.ts';
import { workload } from '../../values/schema-workload.ts';

const name = (pattern: RegExp, message: string) => text(pattern, message);

const database = z.strictObject({
  instanceClass: name(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'must be a class of RDS such as db.t4g.micro'),
  storageGib: z.int().min(20).max(65_536),
  maxStorageGib: z.int().min(20).max(65_536),
  multiAz: z.boolean(),
  backupDays: z.int().min(1).max(35),
});

const redis = z.strictObject({
  nodeType: name(
    /^cache\.[a-z0-9]+\.[a-z0-9]+$/,
    'must be a node type of ElastiCache such as cache.t4g.micro',
  ),
  nodes: z.int().min(2, 'must be at least 2: a primary and a replica in another zone').max(6),
});

const { ageRecipients: _, ...backupOfService } = backupOptions;
const backup = z.strictObject(backupOfService);

/** The block `ecs` of the values. values/ecs.yaml explains each key. */
export const ecs = z.strictObject({
  region: eks.shape.region.unwrap(),
  host: hostName,
  certificateArn: name(
    /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/\S+$/,
    'must be the ARN of an ACM certificate',
  ),
  scheme: eks.shape.scheme,
  sslPolicy: name(
    /^ELBSecurityPolicy-TLS13-1-[23]-/,
    'must be an ELB security policy without TLS 1.0 and 1.1, such as ELBSecurityPolicy-TLS13-1-2-2021-06',
  ),
  wafAclArn: eks.shape.wafAclArn,
  accessLogsBucket: name(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket').optional(),
  deregistrationDelaySeconds: eks.shape.deregistrationDelaySeconds,
  vpcCidr: cidr.refine(
    (block) => /^[\d.]+\/(1[6-9]|2[01])$/.test(block),
    'must be an IPv4 block from /16 to /21, for six subnets of /24',
  ),
  natGateways: z.int().min(1).max(2),
  metricsCidrs: z.array(cidr),
  logRetentionDays: z.union([30, 60, 90, 120, 180, 365, 731].map((days) => z.literal(days))),
  alarmEmail: z.email('must be an email address').optional(),
  passwordGeneration: z.int().min(1),
  deletionProtection: z.boolean(),
  backup,
  database,
  redis,
});

export const ecsSchema = z.strictObject({ ...workload, ecs });

export type EcsValues = z.infer<typeof ecsSchema>;
