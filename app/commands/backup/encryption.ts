import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { Decrypter, Encrypter } from 'age-encryption';
import type { KeyFile } from './key-file.ts';
import type { EncryptionKind } from './manifest.ts';
import { type RunningProgram, startProgram } from './programs.ts';

/** What a stage makes of a stream. */
export interface Staged {
  readonly stream: Readable;
  /** Resolves when the stage has read its whole input and has found no fault. */
  readonly finished: Promise<unknown>;
}

export interface Encryption {
  readonly kind: EncryptionKind;
  encrypt(source: Readable): Promise<Staged>;
}

export type Decryption = (source: Readable) => Promise<Staged>;

export const extensions: Readonly<Record<EncryptionKind, string>> = {
  age: '.age',
  'key-file': '.age',
  gpg: '.gpg',
  none: '',
};

/**
 * The work factor of scrypt (its base-2 logarithm) for the passphrase of an age file. The passphrase is a random secret,
 * which needs no slow derivation, and the usual factor of 18 needs 256 MiB of memory.
 */
const workFactor = 10;

const done = Promise.resolve();

async function throughAge(
  work: (stream: ReadableStream<Uint8Array>) => Promise<unknown>,
  source: Readable,
): Promise<Staged> {
  // reason: Node.js and the library declare the same web streams in two ways.
  const input = Readable.toWeb(source) as ReadableStream<Uint8Array>;
  return { stream: Readable.fromWeb((await work(input)) as ReadableStream<Uint8Array>), finished: done };
}

function throughProgram({ child, finished }: RunningProgram, source: Readable): Staged {
  const fed = pipeline(source, child.stdin).catch(async (error: unknown) => {
    // A program that ends early breaks the pipe, and its own message says why. A source that fails is the reason itself.
    child.kill('SIGKILL');
    await finished.catch((reason: Error) => {
      if (!/SIGKILL/.test(reason.message)) throw reason;
    });
    throw error;
  });
  const both = Promise.all([fed, finished]);
  both.catch(() => undefined);
  return { stream: child.stdout, finished: both };
}

/** @throws Error when a recipient is malformed */
function encryptForAge(configure: (encrypter: Encrypter) => void): Encryption['encrypt'] {
  const encrypter = new Encrypter();
  configure(encrypter);
  // reason: as in throughAge.
  return (source) => throughAge((stream) => encrypter.encrypt(stream as never), source);
}

export interface EncryptionOptions {
  readonly ageRecipients: readonly string[];
  readonly gpgRecipients: readonly string[];
  readonly keyFile: KeyFile | undefined;
  /** Said by the operator: nothing encrypts the backup. */
  readonly isUnencrypted: boolean;
}

const batch = ['--batch', '--no-tty', '--quiet'] as const;

function encryptForGpg(recipients: readonly string[]): Encryption['encrypt'] {
  const named = recipients.flatMap((recipient) => ['--recipient', recipient]);
  // The operator chose the recipient here. The web of trust has nothing to add.
  const args = [...batch, '--trust-model', 'always', '--compress-algo', 'none', ...named, '--encrypt'];
  return async (source) => throughProgram(startProgram('gpg', args, gpgEnvironment()), source);
}

const gpgEnvironment = (): Record<string, string> => {
  const { GNUPGHOME } = process.env;
  return GNUPGHOME === undefined ? {} : { GNUPGHOME };
};

/**
 * Recipients come before the key file, which then only authenticates the manifest.
 * @throws Error when nothing was chosen, more than one kind was, or a recipient is malformed
 */
export function chooseEncryption(options: EncryptionOptions): Encryption {
  const { ageRecipients, gpgRecipients, keyFile, isUnencrypted } = options;
  const kinds = [ageRecipients.length > 0, gpgRecipients.length > 0, isUnencrypted].filter(Boolean);
  if (kinds.length > 1) {
    throw new Error('choose one of --age-recipient, --gpg-recipient and --unencrypted');
  }
  if (ageRecipients.length > 0) {
    const addAll = (encrypter: Encrypter): void => {
      for (const recipient of ageRecipients) encrypter.addRecipient(recipient);
    };
    return { kind: 'age', encrypt: encryptForAge(addAll) };
  }
  if (gpgRecipients.length > 0) return { kind: 'gpg', encrypt: encryptForGpg(gpgRecipients) };
  if (isUnencrypted) return { kind: 'none', encrypt: async (stream) => ({ stream, finished: done }) };
  if (!keyFile) {
    const ways = '--age-recipient, --gpg-recipient or --key-file';
    throw new Error(`a backup contains password hashes and personal data: encrypt it with ${ways}`);
  }
  const protect = (encrypter: Encrypter): void => {
    encrypter.setScryptWorkFactor(workFactor);
    encrypter.setPassphrase(keyFile.passphrase);
  };
  return { kind: 'key-file', encrypt: encryptForAge(protect) };
}

export interface DecryptionKeys {
  readonly keyFile: KeyFile | undefined;
  /** Texts that begin with AGE-SECRET-KEY-. */
  readonly ageIdentities: readonly string[];
}

/** @throws Error when the key that the backup needs was not given */
export function chooseDecryption(kind: EncryptionKind, keys: DecryptionKeys): Decryption {
  const { keyFile, ageIdentities } = keys;
  if (kind === 'none') return async (stream) => ({ stream, finished: done });
  if (kind === 'gpg') {
    const args = [...batch, '--decrypt'];
    return async (source) => throughProgram(startProgram('gpg', args, gpgEnvironment()), source);
  }
  const decrypter = new Decrypter();
  if (kind === 'age') {
    if (ageIdentities.length === 0) throw new Error('the backup is encrypted with age: give --age-identity');
    for (const identity of ageIdentities) decrypter.addIdentity(identity);
  } else {
    if (!keyFile) throw new Error('the backup is encrypted with a key file: give --key-file');
    decrypter.addPassphrase(keyFile.passphrase);
  }
  // reason: as in throughAge.
  return (source) => throughAge((stream) => decrypter.decrypt(stream as never), source);
}
