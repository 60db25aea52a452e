/**
 * What happens in the six hours that the pictures show. Everything is computed from these constants and a seed, so two runs
 * draw the same curves. Times are seconds since the epoch.
 */
const at = (time: string): number => Date.parse(`2026-11-26T${time}Z`) / 1000;

/** A Thursday. The time axis ends beside a full hour, whose label would be cut off. */
export const end = at('16:20:00');
export const start = at('10:20:00');
/** The simulation begins earlier, because rates and increases look back. */
export const simulationStart = start - 3600;
/** The service level objectives look back 30 days. */
export const longStart = end - 30 * 86_400;

/** Seconds between two scrapes, as the ServiceMonitor has it. */
export const scrapeInterval = 30;

/** Seconds between two samples of the days before. Only the service level objectives read them. */
export const longInterval = 120;

/** The primary of Postgres fails over: no query succeeds. */
export const failover = { from: at('11:42:00'), to: at('11:45:00') };
/** A script guesses the passwords of a list of accounts. Limits refuse most of its requests, and no user is affected. */
export const attack = { from: at('14:21:00'), to: at('14:46:00') };
/** The pods are replaced one after the other by those of the next version. */
export const rollout = { from: at('13:12:00'), secondsPerPod: 60, versions: ['1.0.0', '1.1.0'] } as const;

interface Span {
  readonly from: number;
  readonly to: number;
}

export const isDuring = ({ from, to }: Span, time: number): boolean => time >= from && time < to;

/** A number between 0 and 1 for each call, the same ones for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const hourOf = (time: number): number => (time % 86_400) / 3600;

/** Requests per second of the whole service: a morning peak, fewer at lunch, a second peak, and fewer in the evening. */
export function requestRate(time: number): number {
  const hour = hourOf(time);
  const bump = (middle: number, width: number): number => Math.exp(-(((hour - middle) / width) ** 2));
  const slowSwing = 1 + 0.05 * Math.sin(time / 700) + 0.03 * Math.sin(time / 190);
  return (14 + 22 * bump(10.2, 1.6) + 24 * bump(14.4, 1.9)) * slowSwing;
}

/** A pod of the Deployment and the time in which it serves. */
export interface PodLife {
  readonly name: string;
  readonly version: string;
  readonly from: number;
  readonly to: number;
}

const replicaSets = {
  old: { hash: '7d9f8b6c54', version: rollout.versions[0], suffixes: ['x2x4z', 'w8w9t', 'q6hkd'] },
  next: { hash: '59c8d7f7b8', version: rollout.versions[1], suffixes: ['m7qzc', 'b4rfn', 't2vjs'] },
} as const;

/** The pods in the order in which they start. The next pod is ready before the old one ends. */
export function podLives(): PodLife[] {
  const nameOf = ({ hash }: { hash: string }, suffix: string): string => `auth-service-${hash}-${suffix}`;
  const { next, old } = replicaSets;
  return [
    ...old.suffixes.map((suffix, index) => ({
      name: nameOf(old, suffix),
      version: old.version,
      from: longStart,
      to: rollout.from + (index + 1) * rollout.secondsPerPod,
    })),
    ...next.suffixes.map((suffix, index) => ({
      name: nameOf(next, suffix),
      version: next.version,
      from: rollout.from + index * rollout.secondsPerPod,
      to: Number.POSITIVE_INFINITY,
    })),
  ];
}
