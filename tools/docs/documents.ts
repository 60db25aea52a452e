import { alertsPage } from './alerts.ts';
import { apiPage } from './api.ts';
import { asvsPage } from './asvs.ts';
import { checksPage } from './checks.ts';
import { commandsPage } from './commands.ts';
import { configurationPage } from './configuration.ts';
import { envExample } from './env-example.ts';
import { metricsPage } from './metrics.ts';
import { scannersPage } from './scanners.ts';

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
  { path: 'docs/metrics.md', text: metricsPage },
  { path: 'docs/scanners.md', text: scannersPage },
];
