import { randomUUID } from 'node:crypto';
import type { ActiveSession } from '../../app/store/tables/sessions.ts';
import { newUserFields } from './users.ts';

/** The state of an active session. No other session or user has its ids. */
export function newSessionState(): ActiveSession {
  const { email, username } = newUserFields();
  const createdAt = new Date('2030-01-01T00:00:00.123Z');
  return {
    sessionId: randomUUID(),
    user: { id: randomUUID(), email, username, roles: ['user'], createdAt },
    disabled: false,
    version: 7,
    expiresAt: new Date('2030-02-01T00:00:00.456Z'),
  };
}
