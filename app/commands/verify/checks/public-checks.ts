import type { VerifyCheck } from '../context.ts';
import { corsChecks } from './cors.ts';
import { exposureChecks } from './exposure.ts';
import { headerChecks } from './headers.ts';
import { healthChecks } from './health.ts';
import { keyChecks } from './keys.ts';
import { loginChecks } from './login.ts';
import { clockCheck, latencyCheck } from './measurements.ts';
import { networkChecks } from './network.ts';
import { protocolChecks } from './protocol.ts';
import { sessionChecks } from './sessions.ts';
import { tlsChecks } from './tls.ts';

const inOrder: readonly VerifyCheck[] = [
  ...networkChecks,
  ...tlsChecks,
  ...healthChecks,
  clockCheck,
  ...headerChecks,
  ...protocolChecks,
  ...exposureChecks,
  ...corsChecks,
  ...loginChecks,
  ...keyChecks,
  ...sessionChecks,
  latencyCheck,
];

/** A check that uses what an earlier one has found comes after it. */
function afterNeeds(checks: readonly VerifyCheck[]): VerifyCheck[] {
  const sorted = new Set<VerifyCheck>();
  const byId = new Map(checks.map((check) => [check.id, check]));
  const add = (check: VerifyCheck): void => {
    for (const id of check.needs ?? []) {
      const need = byId.get(id);
      if (need && !sorted.has(need)) add(need);
    }
    sorted.add(check);
  };
  checks.forEach(add);
  return [...sorted];
}

/** Every check of the public side, in the order in which they run. */
export const publicChecks: readonly VerifyCheck[] = afterNeeds(inOrder);
