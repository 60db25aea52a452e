/** A part of a JSON Schema (draft 2020-12). */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One field of a log line: what it means, its form as JSON, and its type in the code. */
export interface Field<Value> {
  /** A phrase for docs/logging.md and for the published JSON Schema. */
  readonly meaning: string;
  readonly schema: JsonSchema;
  /** Never set. It only carries the type. */
  readonly type?: Value;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;

export const text = (meaning: string): Field<string> => ({ meaning, schema: { type: 'string' } });

export const uuid = (meaning: string): Field<string> => ({
  meaning,
  schema: { type: 'string', format: 'uuid' },
});

export const integer = (meaning: string): Field<number> => ({ meaning, schema: { type: 'integer' } });

export const number = (meaning: string): Field<number> => ({ meaning, schema: { type: 'number' } });

/** A field that is only there if it is true. */
export const flag = (meaning: string): Field<true> => ({ meaning, schema: { const: true } });

export const truth = (meaning: string): Field<boolean> => ({ meaning, schema: { type: 'boolean' } });

export const oneOf = <const Choice extends string>(
  choices: readonly Choice[],
  meaning: string,
): Field<Choice> => ({ meaning, schema: { enum: choices } });

export const list = <Value>(item: Field<Value>, meaning: string): Field<readonly Value[]> => ({
  meaning,
  schema: { type: 'array', items: item.schema },
});

export const nullable = <Value>({ meaning, schema }: Field<Value>): Field<Value | null> => ({
  meaning,
  schema: { anyOf: [schema, { type: 'null' }] },
});

/** An object with exactly these properties. */
export const object = <Value extends object>(
  properties: { readonly [Key in keyof Value]: Field<Value[Key]> },
  meaning: string,
): Field<Value> => {
  // reason: Object.entries types the values of a mapped type as any.
  const entries = Object.entries(properties) as [string, Field<unknown>][];
  const schemas = entries.map(([name, { meaning: description, schema }]) => [
    name,
    { description, ...schema },
  ]);
  return {
    meaning,
    schema: {
      type: 'object',
      properties: Object.fromEntries(schemas),
      required: Object.keys(properties),
      additionalProperties: false,
    },
  };
};

/** Whatever was thrown. An Error is written with its type, message, stack and own properties, such as a code. */
export const thrown = (meaning: string): Field<unknown> => ({
  meaning,
  schema: {
    type: 'object',
    properties: {
      type: { type: 'string' },
      message: { type: 'string' },
      stack: { type: 'string' },
    },
    required: ['type', 'message', 'stack'],
  },
});
