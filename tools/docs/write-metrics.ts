import { writeFileSync } from 'node:fs';
import { metricsReference } from './metrics-reference.ts';

// node --import=tsx tools/docs/write-metrics.ts: renews the generated part of docs/metrics.md.
writeFileSync(metricsReference.path, metricsReference.text());
