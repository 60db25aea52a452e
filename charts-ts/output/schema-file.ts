import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { valuesSchema } from '../values/schema.ts';

const location = new URL('../values.schema.json', import.meta.url);

/** The JSON schema of the merged values, for other tools; what contradicts each other only synth can tell. */
export function schemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(valuesSchema, { unrepresentable: 'any' }), null, 2)}\n`;
}

/** Writes charts-ts/values.schema.json. */
export function writeSchema(): void {
  writeFileSync(location, schemaText());
}
