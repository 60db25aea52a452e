import type { Config } from '../../../config/config.ts';
import { AppError } from '../../../errors.ts';
import type { Client } from '../../../http/client.ts';
import type { Subject } from '../../../http/route/endpoint.ts';
import type { SystemStore } from '../../../store/store.ts';
import type { SessionRow } from '../../../store/tables/sessions.ts';
import type { User } from '../../../store/tables/users.ts';
import type { RefreshObserver } from '../refresh-observer.ts';
import type { SessionStates } from '../session-states.ts';
import { clientDifferences } from './client-differences.ts';
import {
  hasValidTag,
  issueRefreshToken,
  openSuccessor,
  parseRefreshToken,
  type RefreshToken,
  sealSuccessor,
} from './refresh-token.ts';
import type { UncertainRotations } from './uncertain-rotations.ts';

export interface RotationServices {
  readonly store: SystemStore;
  readonly states: SessionStates;
  readonly lifetimes: Config['sessions'];
  readonly onRefresh: RefreshObserver;
  readonly uncertainRotations: UncertainRotations;
}

/** Who presents a refresh token. */
export interface RefreshAttempt {
  readonly client: Client;
  /** Called once the tag of the token is valid. A stranger who knows a session id cannot name its user in the log. */
  readonly identify: (subject: Subject) => void;
}

function refuse({ onRefresh }: RotationServices, ...observed: Parameters<RefreshObserver>): never {
  onRefresh(...observed);
  throw new AppError('invalid_refresh_token');
}

/** Either a thief or the victim presented the token. It is unknown which, so the session ends. */
async function endSession(services: RotationServices, ...observed: Required<Parameters<RefreshObserver>>) {
  const [outcome, { session }] = observed;
  await services.store.sessions.end(session.id, null, outcome);
  await services.states.sessionsEnded([session.id]);
  return refuse(services, ...observed);
}

async function findActive(services: RotationServices, presented: RefreshToken, { identify }: RefreshAttempt) {
  const session = await services.store.sessions.find(presented.sessionId);
  if (!session) return refuse(services, 'unknown_session');
  if (!hasValidTag(presented, session.macKey)) return refuse(services, 'bad_tag');
  identify({ userId: session.userId, sessionId: session.id });
  const user = session.account;
  if (!session.isActive || !user || user.disabledAt) return refuse(services, 'ended');
  return { session, user };
}

/**
 * Whether the token is the newest. Only this service makes valid tags, so a token with a greater counter than its row
 * shows that Postgres has lost the rotation: in a failover without synchronous replication, or when a backup was restored.
 */
const isNewest = (session: SessionRow, presented: RefreshToken): boolean =>
  session.tokenHash.equals(presented.hash) || presented.counter > session.counter;

/** The successor, or null if the presented token is no longer the newest. */
async function rotateNewest(
  { store, lifetimes, uncertainRotations }: RotationServices,
  session: SessionRow,
  presented: RefreshToken,
  { ip, userAgent }: Client,
): Promise<RefreshToken | null> {
  if (!isNewest(session, presented)) return null;
  const successor = issueRefreshToken(session.id, presented.counter + 1, session.macKey);
  const rotation = {
    id: session.id,
    oldHash: session.tokenHash,
    previousHash: presented.hash,
    newHash: successor.hash,
    sealedSuccessor: sealSuccessor(presented, successor),
    counter: successor.counter,
    idleTtlMs: lifetimes.refreshTokenTtl,
    ip,
    userAgent,
  };
  try {
    return (await store.sessions.rotate(rotation)) ? successor : null;
  } catch (error) {
    // Before the answer, so that the client cannot come back before the mark is there.
    await uncertainRotations.add(session, presented);
    throw error;
  }
}

/**
 * For the previous token within the grace period: the same successor again, which extends nothing. A client that lost
 * the response repeats its request from where it is. If the second request comes from another network or user agent, a
 * thief may use the token beside its owner. A token whose rotation this service could not answer is no sign of either.
 */
async function repeatSuccessor(
  services: RotationServices,
  session: SessionRow,
  presented: RefreshToken,
  { client }: RefreshAttempt,
): Promise<RefreshToken> {
  const { refreshGrace, refreshAnomaly } = services.lifetimes;
  // The update changed no row although the token is the newest. Nobody has used the token twice.
  if (isNewest(session, presented)) {
    const cause = new Error('Postgres did not update the session of the newest refresh token');
    throw new AppError('service_unavailable', { cause, retryAfter: 1 });
  }
  if (!session.previousHash?.equals(presented.hash) || !session.sealedSuccessor) {
    return endSession(services, 'reuse_old', { session, client });
  }
  // The clock of the database may have been set back. A grace of zero still allows no second use.
  const isLate = session.msSinceRotation === null || Math.max(0, session.msSinceRotation) >= refreshGrace;
  const differences = clientDifferences(session, client);
  const isAnomaly = differences.length > 0 && refreshAnomaly === 'end';
  if ((isLate || isAnomaly) && !(await services.uncertainRotations.has(session, presented))) {
    if (isLate) return endSession(services, 'reuse_late', { session, client });
    return endSession(services, 'session_anomaly', { session, client, differences });
  }
  const successor = openSuccessor(presented, session.sealedSuccessor);
  services.onRefresh('repeated', { session, client, differences });
  return successor;
}

/**
 * Exchanges the text of a refresh token for its successor, and detects the reuse of a token (RFC 9700 section 4.14.2).
 * @throws AppError invalid_refresh_token, whatever is wrong; the outcome goes to `onRefresh`
 */
export async function rotate(
  services: RotationServices,
  text: string,
  attempt: RefreshAttempt,
): Promise<{ user: User; authTime: Date; successor: RefreshToken }> {
  const presented = parseRefreshToken(text) ?? refuse(services, 'malformed');
  const { session, user } = await findActive(services, presented, attempt);
  const successor = await rotateNewest(services, session, presented, attempt.client);
  if (successor) {
    services.onRefresh('rotated');
    return { user, authTime: session.authTime, successor };
  }
  // The token is not the newest, or another request rotated it a moment ago. Decide by the row as it is now.
  const now = await findActive(services, presented, attempt);
  const repeated = await repeatSuccessor(services, now.session, presented, attempt);
  return { user: now.user, authTime: now.session.authTime, successor: repeated };
}
