import { z } from 'zod';

export type Schema = z.core.JSONSchema.BaseSchema;
type Io = 'input' | 'output';

export type SchemaReader = ReturnType<typeof createSchemaReader>;

const namePrefix = '#/components/schemas/';

type Override = NonNullable<z.core.ToJSONSchemaParams['override']>;

/** The patterns of these formats are long and add nothing to the format. */
const plainFormats: ReadonlySet<unknown> = new Set(['date-time', 'uuid']);

/** Responses may get new fields, so their schemas stay open. Only strict request objects are closed. */
function ease(io: Io): Override {
  return ({ zodSchema, jsonSchema }) => {
    if (plainFormats.has(jsonSchema.format)) delete jsonSchema.pattern;
    const { def } = zodSchema._zod;
    if (io === 'output' && def.type === 'object' && !def.catchall) delete jsonSchema.additionalProperties;
  };
}

/** zod refers to `$defs`; the document stores named schemas under `components`. */
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
export function createSchemaReader() {
  const named = new Map<string, Schema>();

  function keep(name: string, schema: Schema): void {
    const known = named.get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(schema)) {
      throw new TypeError(`The schema ${name} has two forms; input and output need ids of their own`);
    }
    named.set(name, schema);
  }

  return {
    /** JSON Schema (draft 2020-12) of what a zod schema accepts (`input`) or returns (`output`). */
    read(schema: z.ZodType, io: Io): Schema {
      // Wrapped in an object, because zod names only schemas inside another schema.
      const whole = z.toJSONSchema(z.object({ it: schema }), {
        io,
        target: 'draft-2020-12',
        override: ease(io),
      });
      for (const [name, inner] of Object.entries(whole.$defs ?? {})) keep(name, withComponentRefs(inner));
      return withComponentRefs(whole.properties?.it);
    },
    /** Every schema with an `id` that was read so far, sorted by name. */
    components: () => Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}
