import { z } from 'zod';

/** The answer of /readyz, as far as commands explain it. */
const answer = z.object({
  status: z.enum(['ready', 'degraded', 'not_ready']),
  checks: z.record(z.string(), z.union([z.string(), z.boolean()])).nullable(),
});

export interface ReadinessReport {
  /** Degraded: Postgres is unavailable, and the service checks tokens from the copies in Redis. */
  readonly status: z.infer<typeof answer>['status'];
  /** `postgres: down`, for each check that is not as it should be. */
  readonly reasons: readonly string[];
}

const good = new Set<string | boolean>(['up', 'current', 'usable', false]);

/** @throws Error when the body is not that of a readiness check */
export function parseReadiness(body: unknown): ReadinessReport {
  const { status, checks } = answer.parse(body);
  const reasons = Object.entries(checks ?? {}).filter(([, state]) => !good.has(state));
  return { status, reasons: reasons.map(([name, state]) => `${name}: ${state}`) };
}
