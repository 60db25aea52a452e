import { failed, passed, skipped } from '../../checks/check.ts';
import type { DoctorCheck } from './fault-check.ts';

export const serviceChecks: readonly DoctorCheck[] = [
  {
    id: 'service-ready',
    category: 'Service on this machine',
    title: 'the service on this machine is ready',
    documentation:
      'The doctor asks `/readyz` on `METRICS_PORT` (or `/api/v1/health/ready` on `PORT`) of this machine, and shows which check is not as it should be: `postgres: down`, `schema: behind`, `redis: degraded`, `signing_key: revoked`, `isolated: true` (other replicas reach Postgres, and this one does not), `draining: true`, or the age of checks that are too old. A degraded Redis does not make the service unready. Without Postgres the service is degraded: it gets requests and checks tokens, and answers logins with 503. The check is skipped if no service answers here.',
    async run(context) {
      const state = await context.service();
      if (!state) return skipped('No service answers on this machine');
      const reasons = state.reasons.join(', ');
      if (state.status === 'ready') return passed(reasons ? `It is ready, with ${reasons}` : 'It is ready');
      if (state.status === 'degraded')
        return failed(
          `It is degraded: it checks tokens, and nobody can log in (${reasons})`,
          'Correct what the checks of Postgres show; the service recovers without a restart',
        );
      return failed(
        `It is not ready: ${reasons || 'it has not checked its stores yet, or its checks are too old'}`,
        'Correct what the other checks show; the log of the service has the time at which it began',
      );
    },
  },
];
