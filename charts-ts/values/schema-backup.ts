import { z } from 'zod';
import { dnsLabel, labels, text } from './formats.ts';
import { cronFields, jobFields, schedule } from './formats-jobs.ts';
import { egressRule } from './schema-peers.ts';
import { serviceAccount } from './schema-pod-options.ts';
import { resources } from './schema-resources.ts';
import { workload } from './schema-workload.ts';

const { image, purge } = workload;

/** A public key of age. docs/recovery.md says how to make one. */
export const ageRecipient = text(
  /^age1[02-9ac-hj-np-z]{58}$/,
  'must be a public key of age, which begins with age1',
);

export const rcloneRemote = text(
  /^[A-Za-z0-9_][\w.+@-]*:[^\s:]+$/,
  'must be REMOTE:PATH of rclone, such as store:auth-backups/production',
);

/** What the command `backup` needs on every target. */
export const backupOptions = {
  schedule: purge.shape.schedule,
  ageRecipients: z.array(ageRecipient),
  keep: z.int().min(1).max(1_000),
  keepDays: z.int().min(1).max(3_650),
};

/** The block `backup` of the values of Kubernetes. */
export const backup = z.strictObject({
  enabled: z.boolean(),
  ...backupOptions,
  ...cronFields,
  backoffLimit: jobFields.backoffLimit,
  ttlSecondsAfterFinished: jobFields.ttlSecondsAfterFinished,
  image: z.strictObject({
    repository: image.shape.repository.optional(),
    tag: image.shape.tag.optional(),
    digest: image.shape.digest,
  }),
  claim: dnsLabel.optional(),
  remote: rcloneRemote.optional(),
  rclone: z.record(
    text(
      /^RCLONE_CONFIG_[A-Z0-9_]+$/,
      'must be RCLONE_CONFIG_REMOTE_OPTION, such as RCLONE_CONFIG_STORE_TYPE',
    ),
    z.string(),
  ),
  hasRcloneFile: z.boolean(),
  identity: z.string().min(1).optional(),
  serviceAccount,
  podLabels: labels,
  secretName: dnsLabel,
  egress: z.array(egressRule),
  deadlineMinutes: z.int().min(1).max(1_440),
  resources,
  restore: z.strictObject({
    archive: text(/^[\w.-]+$/, 'must be the name of a backup, as backup list shows it').optional(),
    replace: z.boolean(),
    afterSnapshot: z.boolean(),
    alsoRevoke: z.array(text(/^[\w-]+$/, 'must be the id of a signing key (kid)')),
    secretName: dnsLabel,
  }),
  drill: z.strictObject({ enabled: z.boolean(), schedule, suspend: z.boolean() }),
});
