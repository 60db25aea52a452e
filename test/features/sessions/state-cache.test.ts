import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createStateCache } from '../../../app/features/sessions/internal/state-cache.ts';
import type { ActiveSession } from '../../../app/store/tables/sessions.ts';
import { newSessionState } from '../../support/session-state.ts';

const minute = 60_000;

describe('A snapshot from before a revocation', () => {
  type Learn = (cache: ReturnType<typeof createStateCache>, state: ActiveSession) => void;
  const ways: Readonly<Record<string, Learn>> = {
    'has ended the session': (cache, { sessionId }) => cache.endSession(sessionId),
    'has changed the user': (cache, { user, version }) => cache.changeUser(user.id, version + 1),
    'has received a message about the session': (cache, { sessionId }) => cache.recheck(sessionId),
    'has received a message about the user': (cache, { user }) => cache.recheck(user.id),
    'has read another session of the changed user from Postgres': (cache, state) =>
      cache.put({ ...state, sessionId: randomUUID(), version: state.version + 1 }, performance.now()),
  };

  for (const [title, learn] of Object.entries(ways)) {
    it(`is not used by a replica that ${title}, and other snapshots are`, () => {
      const [cache, state, other] = [createStateCache(), newSessionState(), newSessionState()];
      expect(cache.accepts({ state, age: minute })).to.equal(true);
      learn(cache, state);
      expect(cache.accepts({ state, age: minute })).to.equal(false);
      expect(cache.accepts({ state: other, age: minute })).to.equal(true);
    });
  }

  it('is not used after a flood of forged messages either, where it was executed or read', () => {
    const [cache, ended, changed] = [createStateCache(), newSessionState(), newSessionState()];
    cache.endSession(ended.sessionId);
    cache.changeUser(changed.user.id, changed.version + 1);
    for (let n = 0; n < 60_000; n += 1) cache.recheck(String(n));
    for (const state of [ended, changed]) expect(cache.accepts({ state, age: minute })).to.equal(false);
  });
});
