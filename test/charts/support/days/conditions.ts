/** Minutes. */
export const hour = 60;
export const day = 24 * hour;

/** What is unusual during some minutes. */
export interface Event {
  /** Minutes since the start of the series. */
  readonly from: number;
  readonly until: number;
  /** Stores that do not answer. */
  readonly away?: readonly ('postgres' | 'redis')[];
  /** No pod is ready. Without Postgres, this is so in versions before 1.1. */
  readonly unready?: boolean;
  /** The last of the pods cannot use Postgres. */
  readonly laggard?: boolean;
  /** The processes of all pods have ended, and the pods are scraped in vain. */
  readonly down?: boolean;
  /** Share of the usual demand. */
  readonly demand?: number;
  /** Share of the usual logins that clients still send. */
  readonly loginDemand?: number;
  /** Share of the logins that take longer than half a second. */
  readonly slowLogins?: number;
  /** Login attempts of an attacker in a minute, and the accounts that they name within ten minutes. */
  readonly guesses?: number;
  readonly attackedAccounts?: number;
}

/** A pod is scraped from `from` until `until`. */
export interface Pod {
  readonly name: string;
  readonly from: number;
  readonly until: number;
  /** The process has ended, and the pod is scraped in vain, from this minute on. */
  readonly downFrom?: number;
}

export interface Scenario {
  readonly minutes: number;
  /** Minutes between two scrapes, and between two evaluations of the rules. */
  readonly step: 1 | 2;
  /** Time of the first minute, in minutes after midnight of a Thursday. @default 0 */
  readonly begins?: number;
  readonly events: readonly Event[];
  readonly pods: readonly Pod[];
}

/** Logins a minute at the busiest time. */
const busiest = 30;
/** Shares of it by hour: three or four logins in an hour of the night. */
const ofHour = [
  ...[0.002, 0.002, 0.002, 0.002, 0.002, 0.002, 0.05, 0.2, 0.6, 1, 1, 1],
  ...[0.8, 1, 1, 1, 1, 0.7, 0.5, 0.4, 0.4, 0.3, 0.15, 0.05],
];

/** Logins that users want at a time, in minutes after midnight of a Thursday, on which promtool's time begins. */
export function usualLogins(minute: number): number {
  const weekday = (4 + Math.floor(minute / day)) % 7;
  const isWeekend = weekday === 0 || weekday === 6;
  const share = ofHour[Math.floor((minute % day) / hour)] ?? 0;
  return busiest * share * (isWeekend ? 0.3 : 1);
}

/** The events of the minute, as one. */
export function conditionsAt({ events }: Scenario, minute: number): Omit<Event, 'from' | 'until'> {
  return Object.assign({}, ...events.filter(({ from, until }) => from <= minute && minute < until));
}

/** Minutes since Postgres stopped answering; undefined while it answers. */
export function minutesWithoutPostgres({ events }: Scenario, minute: number): number | undefined {
  const outage = events.find(
    ({ away, from, until }) => away?.includes('postgres') && from <= minute && minute < until,
  );
  return outage && minute - outage.from;
}

const named = (generation: number, name: string): string => `auth-service-7d9f8b${generation}-x2x4${name}`;

/** Three pods, which each change of the list replaces. */
export function podsOf(
  minutes: number,
  changes: readonly { readonly at: number; readonly kind: 'rollout' | 'outage' }[],
): Pod[] {
  const pods: Pod[] = [];
  for (let generation = 0; generation <= changes.length; generation += 1) {
    const [begin, end] = [changes[generation - 1], changes[generation]];
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      // A rollout replaces one pod after the other. After an outage all pods come back together, twenty minutes later.
      const from = begin ? begin.at + (begin.kind === 'rollout' ? 4 * index : 20) : 0;
      const until = end ? end.at + (end.kind === 'rollout' ? 4 * index + 2 : 4) : minutes;
      pods.push({
        name: named(generation, name),
        from,
        until,
        ...(end?.kind === 'outage' && { downFrom: end.at }),
      });
    }
  }
  return pods;
}
