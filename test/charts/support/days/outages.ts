import { type Event, podsOf, type Scenario } from './conditions.ts';
import type { Expectation } from './days.ts';

/** One outage on a busy day, and whom it may notify. Times are minutes since the begin of the outage. */
interface Outage {
  readonly title: string;
  readonly events: readonly Event[];
  readonly pages: Readonly<Record<string, number>>;
  readonly tickets?: Readonly<Record<string, number>>;
}

/** Pods that crash again and again answer one scrape of five, and are never ready. */
const crashes = Array.from({ length: 8 }, (_, index): Event[] => [
  { from: 5 * index, until: 5 * index + 4, down: true },
  { from: 5 * index + 4, until: 5 * index + 5, unready: true },
]);

const all: readonly Outage[] = [
  {
    title: 'Redis',
    events: [{ from: 0, until: 30, away: ['redis'] }],
    pages: {},
    tickets: { AuthRedisUnavailable: 1 },
  },
  {
    title: 'Postgres, which the last pod uses again five minutes after the others',
    events: [
      { from: 0, until: 30, away: ['postgres'] },
      { from: 30, until: 35, laggard: true },
    ],
    pages: { AuthPostgresUnavailable: 1 },
    tickets: {},
  },
  {
    title: 'Postgres, and pods that are not ready meanwhile',
    events: [{ from: 0, until: 30, away: ['postgres'], unready: true }],
    pages: { AuthPostgresUnavailable: 1 },
    tickets: {},
  },
  {
    title: 'pods that are ready again four minutes after Postgres',
    events: [
      { from: 0, until: 20, away: ['postgres'], unready: true },
      { from: 20, until: 24, unready: true },
    ],
    pages: { AuthPostgresUnavailable: 1 },
    tickets: {},
  },
  {
    title: 'pods that are not ready, and then lose Postgres',
    events: [
      { from: 0, until: 8, unready: true },
      { from: 8, until: 30, away: ['postgres'], unready: true },
    ],
    pages: { AuthNoPodReady: 1 },
  },
  {
    title: 'pods that are not ready while they drain, and then end',
    events: [
      { from: 0, until: 6, unready: true },
      { from: 6, until: 30, down: true },
    ],
    pages: { AuthNoPodReady: 1 },
  },
  {
    title: 'pods that answer the scrape 15 minutes before they are ready',
    events: [
      { from: 0, until: 15, down: true },
      { from: 15, until: 30, unready: true },
    ],
    pages: { AuthServiceDown: 1 },
  },
  {
    title: 'pods that crash again and again',
    events: crashes.flat(),
    pages: { AuthServiceDown: 1 },
  },
];

/** Minutes from one outage to the next. The longest window that pages contains half an hour. */
const spacing = 75;
const startOf = (index: number): number => 30 + spacing * index;

/** Outages one after the other, and whom they may notify. */
function simulate(list: readonly Outage[]): { scenario: Scenario; expectations: readonly Expectation[] } {
  const minutes = startOf(list.length);
  const events = list.flatMap((outage, index) =>
    outage.events.map(({ from, until, ...event }) => ({
      ...event,
      from: startOf(index) + from,
      until: startOf(index) + until,
    })),
  );
  const expectations = list.map(({ pages, tickets, title }, index) => ({
    ...{ title, pages, ...(tickets && { tickets }) },
    from: startOf(index),
    until: startOf(index + 1) - 1,
  }));
  return { scenario: { minutes, step: 1, begins: 9 * 60, pods: podsOf(minutes, []), events }, expectations };
}

export const outages = simulate(all);

/** Those of one store. */
export const outagesOfStores = simulate(all.slice(0, 2));
