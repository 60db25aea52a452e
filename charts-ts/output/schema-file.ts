import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { valuesSchema } from '../values/schema.ts';

const location = new URL('../values.schema.json', import.meta.url);

/** The JSON schema of the merged values, for editors and other tools. Only synth finds values that contradict each other. */
export function schemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(valuesSchema, { unrepresentable: 'any' }), null, 2)}\n`;
}

/** Writes charts-ts/values.schema.json. */
export function writeSchema(): void {
  writeFileSync(location, schemaText());
}
