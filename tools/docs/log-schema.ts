import { type EventSpec, levels } from '../../app/observe/events/event.ts';
import { events } from '../../app/observe/events/events.ts';
import type { Field, Fields, JsonSchema } from '../../app/observe/events/field.ts';

// reason: only the fields that all events have are read.
export const eventSpecs = Object.entries(events) as readonly [name: string, spec: EventSpec][];

/** The fields of every line, whatever its event. */
const common: Fields = {
  time: { meaning: 'UTC, ISO 8601 with milliseconds', schema: { type: 'string', format: 'date-time' } },
  service: { meaning: 'always auth-service', schema: { const: 'auth-service' } },
  msg: { meaning: 'message for people; it may change', schema: { type: 'string' } },
};

const propertyOf = ({ meaning, schema }: Field<unknown>): JsonSchema => ({ description: meaning, ...schema });

const propertiesOf = (fields: Fields): JsonSchema =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, propertyOf(field)]));

/** One line of an event: all of its fields and no others. */
const lineOf = (name: string, { levels, meaning, optional, required }: EventSpec): JsonSchema => ({
  description: meaning,
  type: 'object',
  properties: {
    level: { enum: levels },
    ...propertiesOf(common),
    event: { const: name },
    ...propertiesOf(required),
    ...propertiesOf(optional),
  },
  required: ['level', ...Object.keys(common), 'event', ...Object.keys(required)],
  additionalProperties: false,
});

/** A line for developers. Its fields may change in each release. */
const debugLine: JsonSchema = {
  description: 'A line for developers, which is no event. Its fields may change in each release.',
  type: 'object',
  properties: { level: { const: 'debug' }, ...propertiesOf(common), event: false },
  required: ['level', ...Object.keys(common)],
};

/** The JSON Schema of one line of the log, in the format json. Each event is one of `$defs`. */
export const logSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A line of the log of auth-service (LOG_FORMAT=json)',
  type: 'object',
  properties: { level: { enum: levels } },
  oneOf: [...eventSpecs.map(([name]) => name), 'debug_line'].map((name) => ({ $ref: `#/$defs/${name}` })),
  $defs: {
    ...Object.fromEntries(eventSpecs.map(([name, spec]) => [name, lineOf(name, spec)])),
    debug_line: debugLine,
  } as Readonly<Record<string, JsonSchema>>,
};

export const logSchemaDocument = (): string => `${JSON.stringify(logSchema, null, 2)}\n`;
