import { z } from 'zod';

export type Schema = z.core.JSONSchema.BaseSchema;
export type Io = 'input' | 'output';

export interface SchemaReader {
  /** JSON Schema (draft 2020-12) of what a zod schema accepts (`input`) or what it gives (`output`). */
  readonly read: (schema: z.ZodType, io: Io) => Schema;
  /** Every schema with an `id` met so far, by name in order. */
  readonly components: () => Readonly<Record<string, Schema>>;
}

const namePrefix = '#/components/schemas/';

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>;

/** The patterns behind these formats are long and say nothing that the format does not. */
const plainFormats: ReadonlySet<unknown> = new Set(['date-time', 'uuid']);

/** Answers may grow fields, so a client must not be told that there will never be more; only strict objects are closed. */
function ease(io: Io): Override {
  return ({ zodSchema, jsonSchema }) => {
    if (plainFormats.has(jsonSchema.format)) delete jsonSchema.pattern;
    const { def } = zodSchema._zod;
    if (io === 'output' && def.type === 'object' && !def.catchall) delete jsonSchema.additionalProperties;
  };
}

/** zod points into `$defs`; the document keeps named schemas among its components. */
function withComponentRefs(schema: unknown): Schema {
  return JSON.parse(
    JSON.stringify(schema, (key, value: unknown) =>
      key === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', namePrefix) : value,
    ),
  );
}

/** The reference to a component. */
export function refTo(name: string): Schema {
  return { $ref: namePrefix + name };
}

/** Converts the schemas of one document and collects the named ones. */
export function createSchemaReader(): SchemaReader {
  const named = new Map<string, Schema>();

  function keep(name: string, schema: Schema): void {
    const known = named.get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new TypeError(`The schema ${name} has two forms; input and output need ids of their own`);
    }
    named.set(name, schema);
  }

  return {
    read(schema, io) {
      // Wrapped, because zod gives a name only to what stands inside something else.
      const whole = z.toJSONSchema(z.object({ it: schema }), {
        io,
        target: 'draft-2020-12',
        override: ease(io),
      });
      for (const [name, inner] of Object.entries(whole.$defs ?? {})) keep(name, withComponentRefs(inner));
      return withComponentRefs(whole.properties?.it);
    },
    components: () => Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
