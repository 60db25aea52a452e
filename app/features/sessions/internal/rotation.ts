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

export interface RotationServices {
  readonly store: SystemStore;
  readonly states: SessionStates;
  readonly lifetimes: Config['sessions'];
  readonly onRefresh: RefreshObserver;
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
 * After a failover the database may lack the last rotations. A token with a valid tag and a later counter is one of those.
 * The holder of another token of this session is then detected by the counter.
 */
const isNewest = (session: SessionRow, { hash, counter }: RefreshToken): boolean =>
  session.tokenHash.equals(hash) || counter > session.counter;

/** The successor, or null if the presented token is no longer the newest. */
async function rotateNewest(
  { store, lifetimes }: RotationServices,
  session: SessionRow,
  presented: RefreshToken,
  { ip, userAgent }: Client,
): Promise<RefreshToken | null> {
  if (!isNewest(session, presented)) return null;
  const successor = issueRefreshToken(session.id, presented.counter + 1, session.macKey);
  const rotated = await store.sessions.rotate({
    id: session.id,
    oldHash: presented.hash,
    newHash: successor.hash,
    sealedSuccessor: sealSuccessor(presented, successor),
    counter: successor.counter,
    idleTtlMs: lifetimes.refreshTokenTtl,
    ip,
    userAgent,
  });
  return rotated ? successor : null;
}

/**
 * For the previous token within the grace period: the same successor again, which extends nothing. A client that lost
 * the response repeats its request from where it is. If the second request comes from another network or user agent, a
 * thief may use the token beside its owner.
 */
async function repeatSuccessor(
  services: RotationServices,
  session: SessionRow,
  presented: RefreshToken,
  { client }: RefreshAttempt,
): Promise<RefreshToken> {
  const { refreshGrace, refreshAnomaly } = services.lifetimes;
  if (!session.previousHash?.equals(presented.hash) || !session.sealedSuccessor) {
    return endSession(services, 'reuse_old', { session, client });
  }
  // The clock of the database may have been set back. A grace of zero still allows no second use.
  if (session.msSinceRotation === null || Math.max(0, session.msSinceRotation) >= refreshGrace) {
    return endSession(services, 'reuse_late', { session, client });
  }
  const differences = clientDifferences(session, client);
  if (differences.length > 0 && refreshAnomaly === 'end') {
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
