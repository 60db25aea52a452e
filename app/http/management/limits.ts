/** Limits of the management listener, in milliseconds and bytes; docs/limits.md lists them. */
export const managementLimits = {
  /** Interval of the heartbeats of the main thread, and of the checks for them. */
  heartbeat: 1_000,
  /** Time without a heartbeat after which the process is not live. */
  unresponsive: 30_000,
  /** Age of the published readiness from which it is not used any more. */
  readinessAge: 10_000,
  /** Time for the main thread to render the metrics. Prometheus itself waits for ten seconds by default. */
  metricsDeadline: 8_000,
  /** Time from the start of a connection to its end. It exceeds every deadline of an answer. */
  connectionTimeout: 10_000,
  /** A kubelet and a Prometheus send a few hundred bytes, without a body. */
  requestSize: 8 * 1024,
  /** Connections at once. Further connections are closed unread. */
  maxConnections: 64,
} as const;

/** Tests use shorter times. */
export type ManagementLimits = { readonly [name in keyof typeof managementLimits]: number };
