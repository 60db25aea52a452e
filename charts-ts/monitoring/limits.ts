const day = 86_400;

/** Seconds. The latency objective counts a slower request as bad. */
export const latencyLimit = 0.25;

/**
 * Where the panels become red (pages) or orange (tickets), by the alert that fires above the value. Times are in seconds.
 * test/charts/dashboard-limits.test.ts compares them with the expressions of the alerts.
 */
export const limits = {
  AuthLoginsSlow: 0.5,
  AuthPostgresUnavailable: 0.5,
  AuthPasswordGuessing: 50,
  AuthRequestsAborted: 0.05,
  AuthLoginFailureSurge: 0.6,
  AuthCredentialStuffing: 0.4,
  AuthRefreshTokenReuse: 5,
  AuthSessionAnomalies: 5,
  AuthPostgresErrors: 0.2,
  AuthRedisUnavailable: 0.2,
  AuthPostgresPoolWaits: 0.2,
  AuthEventLoopLag: 0.25,
  AuthMemoryNearLimit: 0.9,
  AuthCpuThrottled: 0.5,
  AuthSigningKeyTooOld: 100 * day,
} as const;

/** AuthHashQueueSaturated has two limits: seconds in the queue, and rejected hashes per second. */
export const hashLimits = { queueTime: 1, rejected: 0.1 } as const;
