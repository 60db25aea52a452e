import { configurationChecks } from './configuration.ts';
import type { DoctorCheck } from './fault-check.ts';
import { corsChecks, hostChecks, proxyChecks } from './http.ts';
import { keyChecks } from './keys.ts';
import { machineChecks } from './machine.ts';
import { postgresConnectionChecks } from './postgres-connection.ts';
import { postgresSchemaChecks } from './postgres-schema.ts';
import { postgresStateChecks } from './postgres-state.ts';
import { redisConnectionChecks } from './redis-connection.ts';
import { redisStateChecks } from './redis-state.ts';
import { serviceChecks } from './service.ts';

/** Every check of the doctor in the order in which they run. docs/checks.md is written from it. */
export const doctorChecks: readonly DoctorCheck[] = [
  ...configurationChecks,
  ...corsChecks,
  ...hostChecks,
  ...proxyChecks,
  ...keyChecks,
  ...machineChecks,
  ...postgresConnectionChecks,
  ...postgresStateChecks,
  ...postgresSchemaChecks,
  ...redisConnectionChecks,
  ...redisStateChecks,
  ...serviceChecks,
];

/** What only a deployment that exists can answer: its schema, its running service. */
const afterDeployment = new Set<string>([
  ...postgresSchemaChecks.map(({ id }) => id),
  ...serviceChecks.map(({ id }) => id),
]);

/** What can be known before the first deployment (`--pre`). */
export const checksBeforeDeployment: readonly DoctorCheck[] = doctorChecks.filter(
  ({ id }) => !afterDeployment.has(id),
);
