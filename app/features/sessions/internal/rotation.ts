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

/** Rotates refresh tokens and detects their reuse (RFC 9700 section 4.14.2). */
export function createRotation({ store, states, lifetimes, onRefresh }: RotationServices) {
  function refuse(outcome: RefreshOutcome, session?: SessionRow): never {
    onRefresh(outcome, session);
    throw new AppError('invalid_refresh_token');
  }

  /** Either a thief or the victim presented an old token. Nobody can tell which, so the session ends. */
  async function endForReuse(session: SessionRow, outcome: 'reuse_old' | 'reuse_late'): Promise<never> {
    await store.sessions.end(session.id, null, outcome);
    await states.sessionsEnded([session.id]);
    return refuse(outcome, session);
  }

  async function findActive(presented: RefreshToken): Promise<{ session: SessionRow; user: User }> {
    const session = await store.sessions.find(presented.sessionId);
    if (!session) return refuse('unknown_session');
    if (!hasValidTag(presented, session.macKey)) return refuse('bad_tag');
    const user = session.account;
    if (!session.isActive || !user || user.disabledAt) return refuse('ended');
    return { session, user };
  }

  /** The successor, or null if the presented token is no longer the newest. */
  async function rotateNewest(session: SessionRow, presented: RefreshToken): Promise<RefreshToken | null> {
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
  async function repeatSuccessor(session: SessionRow, presented: RefreshToken): Promise<RefreshToken> {
    if (!session.previousHash?.equals(presented.hash) || !session.sealedSuccessor) {
      return endForReuse(session, 'reuse_old');
    }
    if (session.msSinceRotation === null || session.msSinceRotation > gracePeriod) {
      return endForReuse(session, 'reuse_late');
    }
    return openSuccessor(presented, session.sealedSuccessor);
  }

  /**
   * Exchanges the text of a refresh token for its successor.
   * @throws AppError invalid_refresh_token, whatever is wrong; the outcome goes to `onRefresh`
   */
  return async function rotate(text: string): Promise<{ user: User; successor: RefreshToken }> {
    const presented = parseRefreshToken(text) ?? refuse('malformed');
    const { session, user } = await findActive(presented);
    const successor = await rotateNewest(session, presented);
    if (successor) {
      onRefresh('rotated');
      return { user, successor };
    }
    // The token is not the newest, or another request rotated it a moment ago. Decide by the row as it is now.
    const now = await findActive(presented);
    const repeated = await repeatSuccessor(now.session, presented);
    onRefresh('repeated');
    return { user: now.user, successor: repeated };
  };
}
