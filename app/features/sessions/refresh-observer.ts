import type { Client } from '../../http/client.ts';
import { whereOf } from '../../observe/events/subject-fields.ts';
import type { Logger } from '../../observe/log.ts';
import type { Metrics } from '../../observe/metrics.ts';
import type { SessionRow } from '../../store/tables/sessions.ts';
import type { ClientDifference } from './internal/client-differences.ts';

/** What happened to a refresh token. The last three ended its session, and are the cause in its row. */
export type RefreshOutcome =
  | 'rotated'
  | 'repeated'
  | 'malformed'
  | 'unknown_session'
  | 'bad_tag'
  | 'ended'
  | 'reuse_old'
  | 'reuse_late'
  | 'session_anomaly';

/** The second use of a refresh token. */
interface SecondUse {
  readonly session: SessionRow;
  readonly client: Client;
  /** Between this client and the one of the first use. Not compared if the second use is too late in any case. */
  readonly differences?: readonly ClientDifference[];
}

/** Called once for each refresh; with `use` where the token had been used before. */
export type RefreshObserver = (outcome: RefreshOutcome, use?: SecondUse) => void;

const successes: ReadonlySet<RefreshOutcome> = new Set(['rotated', 'repeated']);

/** Counts refreshes, and logs the signs of a stolen refresh token. */
export function createRefreshObserver({ metrics, log }: { metrics: Metrics; log: Logger }): RefreshObserver {
  return (cause, use) => {
    metrics.refreshes.inc({ outcome: successes.has(cause) ? 'success' : 'failure', cause });
    if (!use) return;
    const { session, client, differences = [] } = use;
    const subject = { sessionId: session.id, userId: session.userId, ...whereOf(client) };
    if (differences.length > 0) {
      const action = cause === 'session_anomaly' ? 'ended' : 'reported';
      metrics.sessionAnomalies.inc({ action });
      const anomaly = { event: 'session_anomaly', action, differences, ...subject } as const;
      log.warn(anomaly, 'two clients used one refresh token within its grace period');
    } else if (cause === 'reuse_old' || cause === 'reuse_late') {
      const reuse = { event: 'refresh_reuse', cause, ...subject } as const;
      log.warn(reuse, 'a refresh token was used twice; its session was ended');
    }
  };
}
