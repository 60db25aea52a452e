import type { FieldsOf, Level } from './event.ts';
import { keyEvents } from './key-events.ts';
import { postgresEvents } from './postgres-events.ts';
import { processEvents } from './process-events.ts';
import { redisEvents } from './redis-events.ts';
import { requestEvents } from './request-events.ts';

/**
 * Every event of the log. The type Logger accepts no other line, docs/logging.md and docs/log-events.schema.json are
 * generated from this table, and tests validate what they log against it.
 */
export const events = {
  ...requestEvents,
  ...keyEvents,
  ...postgresEvents,
  ...redisEvents,
  ...processEvents,
} as const;

type Events = typeof events;
export type EventName = keyof Events;

/** One line of the log: the event with its fields. */
export type Line<Name extends EventName> = { readonly event: Name } & FieldsOf<Events[Name]>;

/** The lines that may be written at a level. */
export type LineAt<L extends Level> = {
  [Name in EventName]: L extends Events[Name]['levels'][number] ? Line<Name> : never;
}[EventName];
