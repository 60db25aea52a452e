import { event } from './event.ts';
import { list, text } from './field.ts';
import { err } from './subject-fields.ts';

const kid = text('id of the key');
const changed = { category: 'configuration', type: ['change'] };

/** The events of signing keys and of revocations. No request causes them, so they have no client. */
export const keyEvents = {
  signing_keys_changed: event('info', 'A key was added or removed, or another key signs now.', {
    required: { kid: text('id of the key that signs'), kids: list(kid, 'ids of all keys that verify') },
    isSecurity: true,
    ecs: changed,
  }),
  signing_keys_inconsistent: event(
    'error',
    'The private key and the public key do not match, or a file of the key was refused. The service continues to use the previous key.',
    { required: { err } },
  ),
  signing_keys_unread: event(
    'error',
    'The files of the keys could not be read again. The service continues to use the keys that it has.',
    { required: { err } },
  ),
  signing_key_revoked: event(
    'warn',
    'A key that this replica accepted is revoked, and its tokens are refused.',
    { required: { kid }, isSecurity: true, ecs: changed },
  ),
  signing_key_unusable: event(
    'error',
    'The key that signs is revoked. This replica signs nothing and is not ready until it reads another key.',
    { required: { kid }, isSecurity: true, ecs: changed },
  ),
  signing_key_ages_unread: event(
    'warn',
    'Postgres did not say when the signing keys were first seen, so this process dates them to its own start.',
    { required: { err } },
  ),
  revoked_keys_unusable: event(
    'error',
    'The file in `JWT_REVOKED_KEYS_FILE` is missing, empty or malformed. Its last list stays in use.',
    { required: { err } },
  ),
  revoked_keys_unread: event(
    'warn',
    'The revoked keys could not be read from Postgres. The last known ones stay revoked.',
    { required: { err } },
  ),
  key_file_readable: event(
    'warn',
    'Every user of the machine can read or change a file of the signing key. Production refuses it without `JWT_ALLOW_READABLE_KEYS`.',
  ),
  weak_secret: event(
    'warn',
    'An attacker could guess the HS256 secret. Production refuses it without `JWT_ALLOW_WEAK_SECRET`.',
  ),
  public_key_unusable: event(
    'warn',
    'The service ignores a file in `JWT_PUBLIC_KEYS_DIR` because it cannot use it.',
    { required: { file: text('name of the file'), err } },
  ),
  revocation_not_announced: event(
    'warn',
    'A revocation could not be published to the other replicas. They read it from Postgres within a second.',
    { required: { err } },
  ),
  session_events_unavailable: event(
    'warn',
    'The service could not subscribe to the revocations that other replicas publish. It reads them from Postgres within a second.',
    { required: { err } },
  ),
} as const;
