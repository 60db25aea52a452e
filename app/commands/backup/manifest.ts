import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { KeyFile } from './key-file.ts';

/** Sorts by time. The random part keeps two backups of one second apart. */
export const backupName = /^auth-\d{8}T\d{6}Z-[0-9a-f]{6}$/;

/** The file of a manifest, whose data file has another ending. */
export const manifestEnding = '.json';

const encryptionKinds = ['age', 'gpg', 'key-file', 'none'] as const;
export type EncryptionKind = (typeof encryptionKinds)[number];

/** Says what a backup contains. It is written last: without it a backup is incomplete. */
const Manifest = z.strictObject({
  format: z.literal(1),
  service: z.literal('auth-service'),
  service_version: z.string(),
  name: z.string().regex(backupName),
  /** The data file, in the same target. */
  file: z.string().regex(/^auth-[\w-]+\.dump(\.age|\.gpg)?$/),
  /** By the clock of Postgres. Nothing that was committed later is in the backup. */
  snapshot_at: z.iso.datetime(),
  /** Checksums of the applied migrations by their names. */
  migrations: z.record(z.string(), z.string()),
  postgres_version: z.string(),
  pg_dump_version: z.string(),
  /** Rows of each table in the data file. */
  rows: z.record(z.string(), z.int().nonnegative()),
  encryption: z.enum(encryptionKinds),
  /** Bytes of the data file. */
  size: z.int().nonnegative(),
  /** Of the data file as it is in the target, in hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export type Manifest = z.infer<typeof Manifest>;

const Signed = z.strictObject({ manifest: Manifest, mac: z.string().nullable() });

export function newBackupName(snapshotAt: Date): string {
  const time = snapshotAt.toISOString().replace(/[-:]|\.\d+/g, '');
  return `auth-${time}-${randomUUID().slice(0, 6)}`;
}

/** The text of the file, with a MAC if there is a key file. */
export function writeManifest(manifest: Manifest, keyFile: KeyFile | undefined): string {
  const mac = keyFile?.mac(JSON.stringify(manifest)) ?? null;
  return `${JSON.stringify({ manifest, mac }, null, 2)}\n`;
}

function parse(text: string): z.infer<typeof Signed> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error('it is not JSON', { cause: error });
  }
  const result = Signed.safeParse(json);
  if (result.success) {
    // The text of the MAC has the order of the file.
    return { ...result.data, manifest: (json as z.infer<typeof Signed>).manifest };
  }
  const [issue] = result.error.issues;
  throw new Error(`it is not a manifest of this service: ${issue?.path.join('.')} ${issue?.message}`);
}

/**
 * Reads a manifest, without a check of who wrote it.
 * @throws Error when it is not one, or belongs to a backup of another name
 */
export function readManifest(text: string, name: string): { manifest: Manifest; mac: string | null } {
  const signed = parse(text);
  if (signed.manifest.name !== name || !signed.manifest.file.startsWith(`${name}.dump`)) {
    throw new Error(`it belongs to the backup ${signed.manifest.name}`);
  }
  return signed;
}

/**
 * With a key file, a manifest without a valid MAC is refused: somebody who can write to the target can replace a backup,
 * and can encrypt a forged one to a public key, but cannot make the MAC.
 * @throws Error when nothing shows that the manifest is genuine, and that was not accepted
 */
export function checkAuthenticity(
  { manifest, mac }: { manifest: Manifest; mac: string | null },
  { keyFile, isUnauthenticated }: { keyFile: KeyFile | undefined; isUnauthenticated: boolean },
): void {
  if (keyFile) {
    if (mac !== null && keyFile.hasValidMac(JSON.stringify(manifest), mac)) return;
    const what = mac === null ? 'has no MAC' : 'has a MAC of another key, or was changed';
    throw new Error(`the manifest of ${manifest.name} ${what}`);
  }
  if (isUnauthenticated) return;
  const wayOut =
    mac === null
      ? 'It was made without --key-file. --unauthenticated accepts whatever is in the target'
      : 'Give the --key-file with which it was made';
  throw new Error(`nothing shows who made the backup ${manifest.name}. ${wayOut}.`);
}
