import { z } from 'zod';
import { text } from './formats.ts';

/** The names of the secrets: the keys in the Secret, unless `secrets.keys` says otherwise. */
export const secretNames = [
  'db-url',
  'db-replica-url',
  'db-owner-url',
  'redis-url',
  'redis-cert',
  'redis-key',
  'redis-sentinel-password',
  'jwt-secret',
  'jwt-secret-previous',
  'jwt-private-key',
  'jwt-public-key',
] as const;
export type SecretName = (typeof secretNames)[number];

/** Secrets that are no variables: the files of backups and restores, and the password of the first administrator. */
export const fileSecretNames = [
  'backup-key',
  'rclone.conf',
  'age-identity',
  'administrator-password',
] as const;
export type FileSecretName = (typeof fileSecretNames)[number];

/** A name of a Secret. Operators of Postgres write names with dots, such as auth.db.credentials.postgresql.acid.zalan.do. */
const secretObjectName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    'must be the name of a Secret: lower case letters, digits, - and .',
  );

const keyInSecret = text(
  /^[-._a-zA-Z0-9]{1,253}$/,
  'must be a key of a Secret: letters, digits, -, _ and . only',
);

/** A key of a Secret that contains the CA of a server, such as the one that the operator of the server writes. */
export const caSecret = z.strictObject({ name: secretObjectName, key: keyInSecret }).optional();

/** Where each secret is, if it is not under its own name in the Secret that contains it otherwise. */
export const secretKeys = z.partialRecord(
  z.enum([...secretNames, ...fileSecretNames]),
  z
    .strictObject({
      name: secretObjectName.optional(),
      key: keyInSecret.optional(),
      path: text(/^(\/[\w.-]+)+$/, 'must be the path of a file in the containers').optional(),
    })
    .refine(({ key, name, path }) => !path || !(key || name), 'must have either path, or name and key'),
);

/** A part of the API of External Secrets. The gate checks it on the finished object. */
const part = z.record(z.string(), z.unknown());

/** What the External Secrets Operator reads, beside the prefix and the interval. */
export const externalSource = {
  store: z
    .strictObject({
      kind: z.enum(['SecretStore', 'ClusterSecretStore']),
      name: z.string().min(1).max(253),
    })
    .optional(),
  remoteRefs: z.record(keyInSecret, part),
  dataFrom: z.array(part),
  template: part.optional(),
};
