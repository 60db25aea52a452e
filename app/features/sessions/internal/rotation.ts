import type { Config } from '../../../config/config.ts';
import { AppError } from '../../../errors.ts';
import type { Store } from '../../../store/store.ts';
import type { SessionRow } from '../../../store/tables/sessions.ts';
import type { User } from '../../../store/tables/users.ts';
import type { SessionStates } from '../session-states.ts';
import {
  hasValidTag,
  issueRefreshToken,
  openSuccessor,
  parseRefreshToken,
  type RefreshToken,
  sealSuccessor,
} from './refresh-token.ts';

export type RefreshOutcome =
  | 'rotated'
  | 'repeated'
  | 'malformed'
  | 'unknown_session'
  | 'bad_tag'
  | 'ended'
  | 'reuse_old'
  | 'reuse_late';

/** Milliseconds in which the previous token is still answered, for clients that raced or lost the response. */
const gracePeriod = 10_000;

export interface RotationServices {
  readonly store: Store;
  readonly states: SessionStates;
  readonly lifetimes: Config['sessions'];
  /** Called with the session where the token belongs to one. */
  readonly onRefresh: (outcome: RefreshOutcome, session?: SessionRow) => void;
}

function refuse({ onRefresh }: RotationServices, outcome: RefreshOutcome, session?: SessionRow): never {
  onRefresh(outcome, session);
  throw new AppError('invalid_refresh_token');
}

/** Either a thief or the victim presented an old token. It is unknown which, so the session ends. */
async function endForReuse(
  services: RotationServices,
  session: SessionRow,
  outcome: 'reuse_old' | 'reuse_late',
): Promise<never> {
  await services.store.sessions.end(session.id, null, outcome);
  await services.states.sessionsEnded([session.id]);
  return refuse(services, outcome, session);
}

async function findActive(services: RotationServices, presented: RefreshToken) {
  const session = await services.store.sessions.find(presented.sessionId);
  if (!session) return refuse(services, 'unknown_session');
  if (!hasValidTag(presented, session.macKey)) return refuse(services, 'bad_tag');
  const user = session.account;
  if (!session.isActive || !user || user.disabledAt) return refuse(services, 'ended');
  return { session, user };
}

/** The successor, or null if the presented token is no longer the newest. */
async function rotateNewest(
  { store, lifetimes }: RotationServices,
  session: SessionRow,
  presented: RefreshToken,
): Promise<RefreshToken | null> {
  if (!session.tokenHash.equals(presented.hash)) return null;
  const successor = issueRefreshToken(session.id, presented.counter + 1, session.macKey);
  const rotated = await store.sessions.rotate({
    id: session.id,
    oldHash: presented.hash,
    newHash: successor.hash,
    sealedSuccessor: sealSuccessor(presented, successor),
    counter: successor.counter,
    idleTtlMs: lifetimes.refreshTokenTtl,
  });
  return rotated ? successor : null;
}

/** For the previous token within the grace period: the same successor again, which extends nothing. */
async function repeatSuccessor(
  services: RotationServices,
  session: SessionRow,
  presented: RefreshToken,
): Promise<RefreshToken> {
  if (!session.previousHash?.equals(presented.hash) || !session.sealedSuccessor) {
    return endForReuse(services, session, 'reuse_old');
  }
  if (session.msSinceRotation === null || session.msSinceRotation > gracePeriod) {
    return endForReuse(services, session, 'reuse_late');
  }
  return openSuccessor(presented, session.sealedSuccessor);
}

/**
 * Exchanges the text of a refresh token for its successor, and detects the reuse of a token (RFC 9700 section 4.14.2).
 * @throws AppError invalid_refresh_token, whatever is wrong; the outcome goes to `onRefresh`
 */
export async function rotate(
  services: RotationServices,
  text: string,
): Promise<{ user: User; authTime: Date; successor: RefreshToken }> {
  const { onRefresh } = services;
  const presented = parseRefreshToken(text) ?? refuse(services, 'malformed');
  const { session, user } = await findActive(services, presented);
  const successor = await rotateNewest(services, session, presented);
  if (successor) {
    onRefresh('rotated');
    return { user, authTime: session.authTime, successor };
  }
  // The token is not the newest, or another request rotated it a moment ago. Decide by the row as it is now.
  const now = await findActive(services, presented);
  const repeated = await repeatSuccessor(services, now.session, presented);
  onRefresh('repeated');
  return { user: now.user, authTime: now.session.authTime, successor: repeated };
}
