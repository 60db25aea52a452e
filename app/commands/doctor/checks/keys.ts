import { statSync } from 'node:fs';
import { isStrongSecret } from '../../../config/config.ts';
import { findReadableKeyFiles, inspectKeyPair } from '../../../features/tokens/key-inspection.ts';
import type { KeyProblem } from '../../../features/tokens/pem-keys.ts';
import { type Finding, failed, passed, skipped, warning } from '../../checks/check.ts';
import type { DoctorContext } from '../doctor-context.ts';
import { type DoctorCheck, faultCheck } from './fault-check.ts';

const category = 'Signing keys';
const day = 86_400_000;

/** Days after which the alert AuthSigningKeyTooOld asks for a rotation. */
const maxKeyDays = 100;

const generate = 'Generate a new pair with auth-service keys generate, and mount both files';

/** A check of one property of the key pair. The fault is the sentence with which the service refuses to start. */
function pairCheck(
  problem: KeyProblem,
  check: Omit<DoctorCheck, 'run' | 'category'> & { readonly fix: string; readonly good: string },
): DoctorCheck {
  const { fix, good, ...rest } = check;
  return {
    ...rest,
    category,
    async run({ config: { jwt }, faultsOf }) {
      const faults = faultsOf(check.id).map(({ text }) => text);
      if (faults.length > 0) return failed(faults.join('; '), fix);
      if (jwt.algorithm === 'HS256') return skipped('HS256 has a secret and no key pair');
      const state = await inspectKeyPair(jwt);
      if (!state) return skipped('No key pair is configured, or its file cannot be read');
      return state.problem === problem ? failed(state.fault, fix) : passed(good);
    },
  };
}

async function checkPermissions({ config: { environment, jwt } }: DoctorContext): Promise<Finding> {
  const faults = await findReadableKeyFiles(jwt);
  if (faults.length === 0) return passed('Other users of the machine cannot read or change them');
  const fix = 'Run chmod o= on the file, or set defaultMode: 0440 and fsGroup where Kubernetes mounts it';
  const isRefused = environment === 'production' && !jwt.allowReadableKeys;
  return (isRefused ? failed : warning)(faults.join('; '), fix);
}

async function checkStrength({ config: { jwt }, faultsOf }: DoctorContext): Promise<Finding> {
  const fix = 'Generate a secret with openssl rand -base64 48';
  const faults = faultsOf('jwt-secret-strength').map(({ text }) => text);
  if (faults.length > 0) return failed(faults.join('; '), fix);
  if (jwt.algorithm !== 'HS256' || !jwt.secret) return skipped('JWT_ALGORITHM is not HS256');
  if (faultsOf('jwt-secret-length').length > 0) return skipped('The secret is too short');
  const weak = [
    ...(isStrongSecret(jwt.secret()) ? [] : ['JWT_SECRET_KEY']),
    ...(jwt.previousSecret && !isStrongSecret(jwt.previousSecret()) ? ['JWT_SECRET_KEY_PREVIOUS'] : []),
  ];
  if (weak.length === 0) return passed('The secret looks random');
  return warning(
    `${weak.join(' and ')} could be guessed: it contains words, a pattern or few characters`,
    fix,
  );
}

/** The age of the file. The service also knows when the first replica loaded the key (`auth_signing_key_age_seconds`). */
async function checkAge({ config: { jwt }, now }: DoctorContext): Promise<Finding> {
  const secret = jwt.algorithm === 'HS256' ? jwt.secret : jwt.privateKey;
  if (!secret?.path) return skipped('The signing key is in no file, so its age is not known');
  const days = Math.floor((now() - statSync(secret.path).mtimeMs) / day);
  if (days <= maxKeyDays) return passed(`The file of the signing key is ${days} days old`);
  return warning(
    `The file of the signing key is ${days} days old`,
    'Rotate the key (docs/operations.md, "Key rotation")',
  );
}

/** RS256 with a secret alone, or HS256 with a key pair alone. */
async function checkAlgorithm({ config: { jwt } }: DoctorContext): Promise<Finding> {
  const { algorithm, privateKey, secret } = jwt;
  if (algorithm === 'HS256' && !secret && privateKey)
    return failed(
      'JWT_ALGORITHM is HS256, which needs JWT_SECRET_KEY, and only a key pair is configured',
      'Set JWT_ALGORITHM to the algorithm of the pair (RS256, ES256 or EdDSA)',
    );
  if (algorithm !== 'HS256' && !privateKey && secret)
    return failed(
      `JWT_ALGORITHM is ${algorithm}, which needs a key pair, and only JWT_SECRET_KEY is configured`,
      'Set JWT_PRIVATE_KEY_PATH and JWT_PUBLIC_KEY_PATH, or JWT_ALGORITHM=HS256',
    );
  if (algorithm !== 'HS256' && secret)
    return warning(`JWT_SECRET_KEY is not used with ${algorithm}`, 'Remove JWT_SECRET_KEY');
  return passed(`JWT_ALGORITHM is ${algorithm}`);
}

export const keyChecks: readonly DoctorCheck[] = [
  {
    id: 'jwt-algorithm',
    category,
    title: 'JWT_ALGORITHM agrees with the kind of key that is configured',
    documentation:
      'RS256, ES256 and EdDSA sign with a private key and publish the public one. HS256 signs with a secret that every verifier must have. A deployment that sets the one kind of key and names the other algorithm cannot sign. Verifiers that expect another algorithm answer with 401 `Invalid token`: change them together with the service.',
    run: checkAlgorithm,
  },
  faultCheck({
    id: 'jwt-key-missing',
    category,
    title: 'a signing key is configured',
    good: 'A key is configured, or a generated one is enough',
    fix: `${generate}, then set JWT_PRIVATE_KEY_PATH and JWT_PUBLIC_KEY_PATH`,
    documentation:
      'Production needs a key of its own, so that all replicas sign with the same key and a restart does not invalidate all tokens. In development the service generates one in `DATA_DIR`. A public key without its private key is a fault too.',
  }),
  faultCheck({
    id: 'jwt-key-unreadable',
    category,
    title: 'the process can read the files of the signing key',
    good: 'Each of them can be read',
    fix: 'Correct the path, or change owner or mode as the message says',
    documentation:
      'The file exists for root and not for the user of the process, or the path is wrong. In containers the service runs with uid 10001, and a file with mode 0600 of another owner is closed to it. The message has owner, group and mode of the file, and uid and gid of the process.',
  }),
  {
    id: 'jwt-key-permissions',
    category,
    title: 'only the owner and the group can read the files of the signing key',
    documentation:
      'Every user of the machine who can read the private key can sign tokens of any user. Production refuses such a file, unless `JWT_ALLOW_READABLE_KEYS=on` says that the machine has no other users. Kubernetes mounts Secrets with mode 0644 by default: set `defaultMode: 0440` and `fsGroup`.',
    run: checkPermissions,
  },
  pairCheck('form', {
    id: 'jwt-key-form',
    title: 'the keys are PEM keys that can be read',
    good: 'Both halves can be read',
    fix: `Write PKCS#8, SEC 1 or PKCS#1 without a passphrase. ${generate}`,
    documentation:
      'Refused are encrypted keys, the OpenSSH format, a private key in the place of the public one, certificates, and a PEM text as secret of HS256: everybody who has the published key could then sign tokens. A PEM text in a variable may have `\\n` in the place of line breaks.',
  }),
  pairCheck('algorithm', {
    id: 'jwt-key-algorithm',
    title: 'the keys are of the kind that JWT_ALGORITHM needs',
    good: 'They are of the right kind',
    fix: `Set JWT_ALGORITHM to the algorithm of the key. Or: ${generate}`,
    documentation:
      'RS256 needs an RSA key, ES256 an EC key on P-256, and EdDSA an Ed25519 key. Usually the variable kept its default RS256 after the keys had been generated with another algorithm.',
  }),
  pairCheck('size', {
    id: 'jwt-key-size',
    title: 'an RSA key has at least 2048 bits',
    good: 'The key is long enough',
    fix: generate,
    documentation:
      'RFC 7518 section 3.3 forbids shorter RSA keys, because they can be factored. Rotate to a longer key as docs/operations.md describes, so that tokens of the old key stay valid until they expire.',
  }),
  pairCheck('pair', {
    id: 'jwt-key-pair',
    title: 'the private and the public key belong together',
    good: 'They belong together',
    fix: 'Mount both files of one pair; the doctor can be run again before the service is restarted',
    documentation:
      'Verifiers get the public key from the JWKS. If it does not belong to the private key, they refuse every token, so the service does not start. Usually only one file of a rotation was replaced. A running service keeps the old pair meanwhile, and logs `signing_keys_inconsistent`.',
  }),
  faultCheck({
    id: 'jwt-secret-length',
    category,
    title: 'the secret of HS256 has at least 32 bytes',
    good: 'The secret is long enough, or not needed',
    fix: 'Generate a secret with openssl rand -base64 48',
    documentation:
      'RFC 7518 section 3.2 asks for a key as long as the hash. Anyone who has one token can try shorter secrets offline, and then sign tokens of any user.',
  }),
  {
    id: 'jwt-secret-strength',
    category,
    title: 'the secret of HS256 cannot be guessed',
    documentation:
      'The service estimates the entropy of the secret: well-known examples such as `your-secret-key-change-in-production`, words, repetitions and keyboard walks are weak, however long they are. Production refuses them, unless `JWT_ALLOW_WEAK_SECRET=on` is set. The estimate and the secret are never shown.',
    run: checkStrength,
  },
  {
    id: 'jwt-key-age',
    category,
    title: 'the signing key is not older than 100 days',
    documentation:
      'A key that is rotated regularly limits what a copy of it is worth, and keeps the procedure known. The doctor uses the time of the file. A mounted Secret gets the time of its last change. The alert AuthSigningKeyTooOld uses the time at which the first replica loaded the key.',
    run: checkAge,
  },
];
