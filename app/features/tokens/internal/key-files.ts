import { stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { type Config, ConfigError, type Secret } from '../../../config/config.ts';
import type { Logger } from '../../../observe/log.ts';

/**
 * Permissions of users who are neither the owner nor in the group. To read reveals the key, to write replaces it. The
 * group may read: Kubernetes mounts a Secret for the group of the pod (fsGroup).
 */
const othersReadOrWrite = 0o006;

async function faultOf(name: string, secret: Secret | null): Promise<string[]> {
  // Windows has no such permissions, and Node.js makes some up.
  if (!secret?.path || platform() === 'win32') return [];
  // A file that is missing for a moment is no fault: its last text stays in use.
  const mode = (await stat(secret.path).catch(() => null))?.mode ?? 0;
  if ((mode & othersReadOrWrite) === 0) return [];
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return [
    `${name} names a file that every user of the machine can read or change (mode ${octal}): run chmod o= on it, or set defaultMode: 0440 and fsGroup where Kubernetes mounts it, or set JWT_ALLOW_READABLE_KEYS=on`,
  ];
}

/** A sentence for each file of the signing key that every user of the machine can read or change. */
export async function findReadableKeyFiles(jwt: Config['jwt']): Promise<string[]> {
  const secrets =
    jwt.algorithm === 'HS256'
      ? ([
          ['JWT_SECRET_KEY_FILE', jwt.secret],
          ['JWT_SECRET_KEY_PREVIOUS_FILE', jwt.previousSecret],
        ] as const)
      : ([['JWT_PRIVATE_KEY_PATH (or JWT_PRIVATE_KEY_FILE)', jwt.privateKey]] as const);
  return (await Promise.all(secrets.map(([name, secret]) => faultOf(name, secret)))).flat();
}

export type KeyFileCheck = () => Promise<void>;

/**
 * A check of the permissions of the files of the signing key.
 * @returns a function that throws ConfigError in production. Elsewhere, and with JWT_ALLOW_READABLE_KEYS, it logs a
 * warning at its first call.
 */
export function createKeyFileCheck(
  { environment, jwt }: Pick<Config, 'environment' | 'jwt'>,
  log: Logger,
): KeyFileCheck {
  const isRefused = environment === 'production' && !jwt.allowReadableKeys;
  let isReported = false;

  return async function checkKeyFiles() {
    if (!isRefused && isReported) return;
    isReported = true;
    const faults = await findReadableKeyFiles(jwt);
    if (faults.length > 0 && isRefused) throw new ConfigError(faults);
    for (const fault of faults) log.warn({ event: 'key_file_readable' }, fault);
  };
}
