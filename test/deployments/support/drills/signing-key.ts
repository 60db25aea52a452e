import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pemPair } from '../../../support/keys.ts';

/** The signing key of an installation, in files that its pods read again when they change. */
export function createSigningKey(folder: string) {
  const files = {
    JWT_PRIVATE_KEY_PATH: join(folder, 'private.pem'),
    JWT_PUBLIC_KEY_PATH: join(folder, 'public.pem'),
  };
  let count = 0;
  /** Replaces the pair, as an operator does at a rotation. */
  function rotate(): void {
    count += 1;
    const { privatePem, publicPem } = pemPair(`${folder}, ${count}`);
    writeFileSync(files.JWT_PRIVATE_KEY_PATH, privatePem, { mode: 0o600 });
    writeFileSync(files.JWT_PUBLIC_KEY_PATH, publicPem);
  }
  rotate();
  return { files, rotate };
}
