import { createPrivateKey } from 'node:crypto';
import { copyFile, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { generatePair, type PairAlgorithm } from '../../features/tokens/pem-keys.ts';
import type { Result } from '../command-context.ts';
import { findPublished, isThere, type KeyFiles, keyFilesOf, publicHalfOf, writeLike } from './key-folder.ts';

/** In this order; the command of signing-keys/command.ts offers them. */
export type RotationStep = 'publish' | 'sign' | 'retire';

/**
 * Milliseconds for which a key must be published before it signs: the max-age of the JWKS, and two minutes until every
 * replica has read the file.
 */
const publicationTime = 7 * 60_000;
/** Milliseconds for which replicas may go on to sign with the old key. */
const retirementMargin = 2 * 60_000;

export interface Rotation {
  readonly config: Config;
  readonly files: KeyFiles;
  /** When any replica first loaded a key, or undefined if none has. */
  readonly firstSeen: (kid: string) => Promise<Date | undefined>;
  /** Does a step before its time. */
  readonly isForced: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The step that follows from the files. An interrupted step is done again. */
async function nextStep(files: KeyFiles): Promise<RotationStep> {
  if (await isThere(files.nextPrivateKey)) return (await isPublished(files)) ? 'sign' : 'publish';
  return (await isThere(files.previousPrivateKey)) ? 'retire' : 'publish';
}

async function isPublished(files: KeyFiles): Promise<boolean> {
  const { kid } = await publicHalfOf(files.nextPrivateKey);
  return (await findPublished(files, kid)).length > 0;
}

const dateOf = (time: number): string => new Date(time).toISOString();

function checkTime({ isForced, now }: Rotation, step: RotationStep, time: number, reason: string): void {
  if (isForced || now() >= time) return;
  throw new Error(`it is too early to ${step}: ${reason}. Do it from ${dateOf(time)} on, or use --force`);
}

/** The result of a step. @param next the step that follows, and from when on */
function describe(step: RotationStep, kid: string, what: string, next: RotationStep, time: number): Result {
  const when = { step: next, not_before: dateOf(time) };
  const line = `next: auth-service keys rotate --step ${next}, from ${when.not_before} on`;
  return { result: { step, kid, next: when }, lines: [`${kid} ${what}`, line] };
}

/** Makes sure that the folder contains the key. The file keeps its time if it is there. */
async function publishKey(files: KeyFiles, { kid, pem }: { kid: string; pem: string }): Promise<void> {
  if ((await findPublished(files, kid)).length > 0) return;
  await writeLike(files.publicKey, join(files.published, `${kid}.pem`), pem);
}

/** Writes a new pair beside the one that signs, and the public keys of both into the folder that is published. */
async function publish({ config, files, now }: Rotation): Promise<Result> {
  const bits = createPrivateKey(await readFile(files.privateKey)).asymmetricKeyDetails?.modulusLength;
  if (!(await isThere(files.nextPrivateKey))) {
    // reason: keyFilesOf has refused HS256.
    const pair = await generatePair(config.jwt.algorithm as PairAlgorithm, bits);
    await writeLike(files.publicKey, files.nextPublicKey, pair.publicPem);
    await writeLike(files.privateKey, files.nextPrivateKey, pair.privatePem);
  }
  // A replica that starts after the next step knows the current key from nowhere else.
  await publishKey(files, await publicHalfOf(files.privateKey));
  const next = await publicHalfOf(files.nextPrivateKey);
  await publishKey(files, next);
  return describe('publish', next.kid, 'is published', 'sign', now() + publicationTime);
}

/** Replaces the pair that signs. The private key of before stays until the key is retired, for the way back. */
async function sign(rotation: Rotation): Promise<Result> {
  const { config, files, firstSeen, isForced, now } = rotation;
  const { kid } = await publicHalfOf(files.nextPrivateKey);
  const [file] = await findPublished(files, kid);
  if (!file) throw new Error(`${kid} is not published yet: auth-service keys rotate --step publish`);
  const seen = await firstSeen(kid);
  if (!seen && !isForced)
    throw new Error(
      `no replica has loaded ${kid} yet: check JWT_PUBLIC_KEYS_DIR of the service, or use --force`,
    );
  const since = Math.max((await stat(file)).mtimeMs, seen?.getTime() ?? 0);
  checkTime(rotation, 'sign', since + publicationTime, `${kid} was published at ${dateOf(since)}`);
  if (!(await isThere(files.previousPrivateKey))) {
    await copyFile(files.privateKey, `${files.previousPrivateKey}.unfinished`);
    await rename(`${files.previousPrivateKey}.unfinished`, files.previousPrivateKey);
  }
  // Until the second rename the pair does not match, and the replicas go on with the old one.
  if (await isThere(files.nextPublicKey)) await rename(files.nextPublicKey, files.publicKey);
  await rename(files.nextPrivateKey, files.privateKey);
  const time = now();
  await utimes(files.previousPrivateKey, time / 1_000, time / 1_000);
  return describe('sign', kid, 'signs', 'retire', time + config.sessions.accessTokenTtl + retirementMargin);
}

/** Deletes the key that signed before, when no valid token of it is left. */
async function retire(rotation: Rotation): Promise<Result> {
  const { config, files, now } = rotation;
  const since = (await stat(files.previousPrivateKey)).mtimeMs;
  const time = since + config.sessions.accessTokenTtl + retirementMargin;
  const { kid } = await publicHalfOf(files.previousPrivateKey);
  checkTime(rotation, 'retire', time, `tokens of ${kid} are valid until then`);
  for (const path of await findPublished(files, kid)) await rm(path);
  await rm(files.previousPrivateKey);
  return describe('retire', kid, 'is retired', 'publish', now());
}

const steps: Readonly<Record<RotationStep, (rotation: Rotation) => Promise<Result>>> = {
  publish,
  sign,
  retire,
};

/**
 * Does one step of a rotation, the next one by default.
 * @throws Error if it is not the turn of the step, or too early for it
 */
export async function rotateKeys(
  options: Omit<Rotation, 'files' | 'now'> & { readonly now?: () => number },
  step?: RotationStep,
): Promise<Result> {
  const files = await keyFilesOf(options.config);
  const next = await nextStep(files);
  if (step !== undefined && step !== next)
    throw new Error(`the next step is ${next}, and not ${step}: auth-service keys rotate --step ${next}`);
  return steps[next]({ now: Date.now, ...options, files });
}
