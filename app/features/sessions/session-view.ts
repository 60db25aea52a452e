import { z } from 'zod';
import { Id, Instant } from '../../http/route/fields.ts';
import type {
  ExportedSession as ExportedSessionRow,
  Session as SessionRow,
} from '../../store/tables/sessions.ts';

export const Session = z
  .object({
    id: Id,
    device: z.string().nullable().meta({ description: 'User-Agent of the last login or refresh' }),
    ip: z.string().nullable().meta({ description: 'Address of the last login or refresh' }),
    created_at: Instant,
    last_seen_at: Instant.meta({ description: 'Last login or refresh' }),
    current: z.boolean(),
  })
  .meta({ id: 'Session' });

/** A session in its user's export, ended ones included. */
export const ExportedSession = Session.extend({
  ended_at: Instant.nullable(),
  end_cause: z.string().nullable(),
}).meta({ id: 'HeldSession' });

export const presentSession = (session: SessionRow, currentId: string) => ({
  id: session.id,
  device: session.userAgent,
  ip: session.ip,
  created_at: session.createdAt.toISOString(),
  last_seen_at: session.lastSeenAt.toISOString(),
  current: session.id === currentId,
});

export const presentExportedSession = (session: ExportedSessionRow, currentId: string) => ({
  ...presentSession(session, currentId),
  ended_at: session.endedAt?.toISOString() ?? null,
  end_cause: session.endCause,
});
