import type { Field, Fields } from './field.ts';

export const levels = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type Level = (typeof levels)[number];

/** Category and type of the Elastic Common Schema: event.category and event.type. */
export interface EcsKind {
  readonly category: string;
  readonly type: readonly string[];
}

interface Details {
  /** True for an event that a SIEM should receive (ASVS 16.3). */
  readonly isSecurity?: true;
  readonly ecs?: EcsKind;
}

/** One event of the log: when it is written, at which levels, and with which fields. */
export interface EventSpec<
  Levels extends Level = Level,
  Required extends Fields = Fields,
  Optional extends Fields = Fields,
> extends Details {
  readonly levels: readonly Levels[];
  /** Whole sentences for docs/logging.md and for the published JSON Schema. */
  readonly meaning: string;
  readonly required: Required;
  readonly optional: Optional;
}

type Nothing = Readonly<Record<never, never>>;

/** Declares an event. */
export const event = <const Levels extends Level, R extends Fields = Nothing, O extends Fields = Nothing>(
  level: Levels | readonly Levels[],
  meaning: string,
  { required, optional, ...details }: { readonly required?: R; readonly optional?: O } & Details = {},
): EventSpec<Levels, R, O> => ({
  // reason: Array.isArray does not narrow a readonly array.
  levels: Array.isArray(level) ? (level as readonly Levels[]) : [level as Levels],
  meaning,
  // reason: without fields, the type is the empty record.
  required: required ?? ({} as R),
  optional: optional ?? ({} as O),
  ...details,
});

export type ValueOf<F> = F extends Field<infer Value> ? Value : never;

/** The fields of an event as the code passes them. An optional field may be undefined, which the log omits. */
export type FieldsOf<Spec> = Spec extends { readonly required: infer R; readonly optional: infer O }
  ? { readonly [Name in keyof R]: ValueOf<R[Name]> } & {
      readonly [Name in keyof O]?: ValueOf<O[Name]> | undefined;
    }
  : never;
