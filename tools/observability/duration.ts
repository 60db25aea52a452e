const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a duration of Prometheus or Grafana with one unit, such as `15m`. @throws Error for any other text */
export function secondsOf(duration: string): number {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(duration) ?? [];
  // reason: the expression above admits these letters only.
  const factor = units[unit as keyof typeof units];
  if (!factor) throw new Error(`the duration ${duration} is not supported`);
  return Number(count) * factor;
}
