import { z } from 'zod';

/** A value that has no further keys of its own, and the examples that follow from its schema. */
export interface SchemaPath {
  readonly path: string;
  readonly generated: readonly unknown[];
}

/** true, false, and the members of a list of options, also inside a union. */
function optionsOf(schema: z.core.$ZodType): unknown[] {
  if (schema instanceof z.ZodBoolean) return [true, false];
  if (schema instanceof z.ZodEnum) return schema.options;
  if (schema instanceof z.ZodLiteral) return [...schema.values];
  return schema instanceof z.ZodUnion ? schema.options.flatMap(optionsOf) : [];
}

/** Every path of the schema, in its order. A list, and a map of any keys, is one value. */
export function schemaPaths(schema: z.core.$ZodType, path = '', isOptional = false): SchemaPath[] {
  if (schema instanceof z.ZodOptional) return schemaPaths(schema.unwrap(), path, true);
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([key, child]) =>
      schemaPaths(child, path ? `${path}.${key}` : key),
    );
  return [{ path, generated: [...optionsOf(schema), ...(isOptional ? [null] : [])] }];
}
