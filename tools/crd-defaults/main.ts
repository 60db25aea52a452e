import { writeFileSync } from 'node:fs';
import { crdDefaults } from './write.ts';

/**
 * Writes charts-ts/delivery/crd-defaults.jsonl from the Go modules in sources.ts: `npx tsx tools/crd-defaults/main.ts`. It
 * needs go and its module proxy. It prints the fields that only the newest version has: the charts cannot write them, because
 * an API server with the oldest version would refuse them.
 */
const { onlyNewest, text } = crdDefaults();
writeFileSync('charts-ts/delivery/crd-defaults.jsonl', text);
for (const line of onlyNewest) process.stdout.write(`only in the newest version: ${line}\n`);
