import type { EcsKind, EventSpec } from './event.ts';
import { events } from './events.ts';
import { securityNames } from './security-names.ts';

// reason: only the fields that all events have are read.
const specs = Object.entries(events) as readonly [string, EventSpec][];

/** Category and type in the Elastic Common Schema, by the name of the event or of the security event. */
export const ecsKinds: Readonly<Record<string, EcsKind | undefined>> = {
  ...Object.fromEntries(specs.map(([name, { ecs }]) => [name, ecs])),
  ...securityNames,
};
