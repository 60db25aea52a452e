import type { Tracing } from '../../observe/tracing.ts';
import type { PasswordHasher } from './password-hasher.ts';

/** The same hasher with a span around each hash, the wait for its slot included. */
export function traceHasher(hasher: PasswordHasher, tracing: Tracing): PasswordHasher {
  if (!tracing.isOn) return hasher;
  return {
    ...hasher,
    hash: (password) => tracing.span('argon2 hash', {}, () => hasher.hash(password)),
    verify: (stored, password) => tracing.span('argon2 verify', {}, () => hasher.verify(stored, password)),
  };
}
