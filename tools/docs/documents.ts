import { alertsPage } from './alerts.ts';
import { apiPage } from './api.ts';
import { asvsPage } from './asvs.ts';
import { checksPage } from './checks.ts';
import { commandsPage } from './commands.ts';
import { configurationPage } from './configuration.ts';
import { envExample } from './env-example.ts';
import { logSchemaDocument } from './log-schema.ts';
import { loggingPage } from './logging.ts';
import { metricsPage } from './metrics.ts';
import { scannersPage } from './scanners.ts';
import { tracesPage } from './traces.ts';

/** A file that is generated, committed, and kept current by test/generated-docs.test.ts. */
export interface GeneratedDocument {
  readonly path: string;
  text(): string;
}

export const documents: readonly GeneratedDocument[] = [
  { path: '.env.example', text: envExample },
  { path: 'docs/alerts.md', text: alertsPage },
  { path: 'docs/api.md', text: apiPage },
  { path: 'docs/asvs.md', text: asvsPage },
  { path: 'docs/checks.md', text: checksPage },
  { path: 'docs/commands.md', text: commandsPage },
  { path: 'docs/configuration.md', text: configurationPage },
  { path: 'docs/log-events.schema.json', text: logSchemaDocument },
  { path: 'docs/logging.md', text: loggingPage },
  { path: 'docs/metrics.md', text: metricsPage },
  { path: 'docs/scanners.md', text: scannersPage },
  { path: 'docs/traces.md', text: tracesPage },
];
