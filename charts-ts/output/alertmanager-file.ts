import { mkdirSync, writeFileSync } from 'node:fs';
import { alertmanagerText } from '../monitoring/alertmanager-config.ts';
import { loadValues } from '../values/load-values.ts';

const file = new URL('../../docs/alertmanager/alertmanager.yaml', import.meta.url);

/** Writes docs/alertmanager, for an Alertmanager that the Prometheus Operator does not configure. */
export function writeAlertmanager(): void {
  mkdirSync(new URL('./', file), { recursive: true });
  writeFileSync(file, alertmanagerText(loadValues('eks', { files: [], sets: [] })));
}
