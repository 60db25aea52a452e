import { randomUUID } from 'node:crypto';
import type { Client } from '../../../http/client.ts';
import type { Logger } from '../../../observe/log.ts';
import type { Metrics } from '../../../observe/metrics.ts';
import type { Store } from '../../../store/store.ts';

export type FailureReason = 'unknown_email' | 'wrong_password' | 'disabled';

interface LoginOutcome {
  readonly userId: string | null;
  readonly sessionId: string | null;
  /** Null for a successful login. */
  readonly reason: FailureReason | null;
}

/** Records a login attempt in metrics, log and history. A login does not fail because its history cannot be written. */
export function createLoginRecord(services: { store: Store; metrics: Metrics; log: Logger }) {
  const { store, metrics, log } = services;

  return async function record(client: Client, entry: LoginOutcome): Promise<void> {
    const outcome = entry.reason ? 'failure' : 'success';
    metrics.logins.inc({ outcome, reason: entry.reason ?? 'none' });
    const { ip, requestId, userAgent } = client;
    log.info({ event: 'login', outcome, ...entry, requestId, ip }, `login ${outcome}`);
    try {
      await store.loginHistories.insert({ id: randomUUID(), ...entry, outcome, ip, userAgent });
    } catch (error) {
      log.error({ err: error, event: 'login_history_lost' }, 'a login was not recorded in the login history');
    }
  };
}
