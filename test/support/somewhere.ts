import type { Asker } from '../../app/features/sessions/session-states.ts';
import type { Client } from '../../app/http/client.ts';
import type { Where } from '../../app/observe/events/subject-fields.ts';

/** Where a request comes from, for tests that do not look at it. */
export const somewhere: Where = { requestId: 'request-1', ip: '192.0.2.1', network: '192.0.2.1' };

/** A client, for tests that do not look at it. */
export const someClient: Client = { ...somewhere, userAgent: null };

/** Who asks for the state of a session, for tests that do not look at it. */
export const someAsker: Asker = { userId: '00000000-0000-4000-8000-000000000000', client: someClient };
