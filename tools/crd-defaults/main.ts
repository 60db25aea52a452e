import { writeFileSync } from 'node:fs';
import { crdDefaults } from './write.ts';

/**
 * Writes charts-ts/delivery/crd-defaults.jsonl from the Go modules in sources.ts: `npx tsx tools/crd-defaults/main.ts`. It
 * needs go and its module proxy.
 */
writeFileSync('charts-ts/delivery/crd-defaults.jsonl', crdDefaults());
