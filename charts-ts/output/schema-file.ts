import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { valuesSchema } from '../values/schema.ts';

const location = new URL('../values.schema.json', import.meta.url);

/** The JSON schema of the values, for editors: `# yaml-language-server: $schema=…/values.schema.json`. */
export function schemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(valuesSchema, { unrepresentable: 'any' }), null, 2)}\n`;
}

/** Writes charts-ts/values.schema.json. */
export function writeSchema(): void {
  writeFileSync(location, schemaText());
}
