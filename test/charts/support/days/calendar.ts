import { day, type Event, hour, podsOf, type Scenario } from './conditions.ts';
import type { Expectation } from './days.ts';

/** One day: what happens, and whom it pages. Hours are those of the day. */
interface Day {
  readonly title: string;
  readonly events?: readonly (Omit<Event, 'from' | 'until'> & {
    readonly hours: readonly [number, number];
  })[];
  /** All pods are replaced one by one, or end at once, at this hour. */
  readonly change?: { readonly kind: 'rollout' | 'outage'; readonly hour: number };
  readonly pages: Readonly<Record<string, number>>;
  readonly tickets?: Readonly<Record<string, number>>;
}

const attack = { guesses: 130, attackedAccounts: 1_300 };

/** Weekdays matter: the alerts compare a day with the day and the week before. */
const days: readonly Day[] = [
  { title: 'a Thursday with a quiet night', pages: {}, tickets: {} },
  {
    title: 'a Friday with a rollout of all pods',
    change: { kind: 'rollout', hour: 11 },
    pages: {},
    tickets: {},
  },
  { title: 'a Saturday', pages: {}, tickets: {} },
  { title: 'a Sunday', pages: {}, tickets: {} },
  {
    title: 'a Monday on which thousands log in at nine',
    events: [
      { hours: [9, 9.25], demand: 15, slowLogins: 0.1 },
      { hours: [9.25, 10], demand: 5, slowLogins: 0.05 },
    ],
    pages: {},
    tickets: {},
  },
  {
    title: 'an outage of Redis',
    events: [{ hours: [10, 11], away: ['redis'] }],
    pages: {},
    tickets: { AuthRedisUnavailable: 1 },
  },
  {
    title: 'an outage of Postgres',
    events: [{ hours: [14, 14.75], away: ['postgres'] }],
    pages: { AuthPostgresUnavailable: 1 },
  },
  {
    title: 'an outage of both stores',
    events: [{ hours: [10, 10.5], away: ['postgres', 'redis'] }],
    pages: { AuthPostgresUnavailable: 1 },
  },
  {
    title: 'an outage of all pods',
    change: { kind: 'outage', hour: 10 },
    events: [{ hours: [10.34, 10.5], demand: 3 }],
    pages: { AuthServiceDown: 1 },
  },
  {
    title: 'an attack on many accounts, with a pause and another speed',
    events: [
      { hours: [10, 10.7], ...attack },
      { hours: [11.2, 12.2], guesses: 90, attackedAccounts: 900 },
    ],
    pages: { AuthPasswordGuessing: 1 },
  },
  {
    title: 'a script against one account',
    events: [{ hours: [2, 5], guesses: 600, attackedAccounts: 1 }],
    pages: {},
  },
  {
    title: 'an outage of Postgres with pods that are not ready',
    events: [{ hours: [10, 10.75], away: ['postgres'], unready: true }],
    pages: { AuthPostgresUnavailable: 1 },
  },
  {
    title: 'a release of the client that cannot log in',
    events: [{ hours: [14, 16], loginDemand: 0.02 }],
    pages: { AuthLoginSuccessCollapsed: 1 },
  },
  {
    title: 'a record of DNS that leads elsewhere',
    events: [{ hours: [10, 11], demand: 0.01 }],
    pages: { AuthNoTraffic: 1 },
  },
  {
    title: 'logins that take 0.9 seconds',
    events: [{ hours: [10, 11], slowLogins: 1 }],
    pages: { AuthLoginsSlow: 1 },
  },
  { title: 'a holiday', events: [{ hours: [0, 24], demand: 0.15 }], pages: {}, tickets: {} },
];

/** A week as usual, for the comparison, and then one day after the other. */
const week = 7 * day;
const startOf = (index: number): number => week + index * day;
const minutes = startOf(days.length);

/** All days as one scenario, because each needs the week before it. */
export const calendar: Scenario = {
  minutes,
  // The longest that the values allow. It also saves time.
  step: 2,
  events: days.flatMap(({ events = [] }, index) =>
    events.map(({ hours: [from, until], ...event }) => ({
      ...event,
      from: startOf(index) + Math.round(from * hour),
      until: startOf(index) + Math.round(until * hour),
    })),
  ),
  pods: podsOf(
    minutes,
    days.flatMap(({ change }, index) =>
      change ? [{ at: startOf(index) + change.hour * hour, kind: change.kind }] : [],
    ),
  ),
};

/** Whom the alerts may notify on each of them, and that the week before notifies nobody. */
export const expectations: readonly Expectation[] = [
  { title: 'a week as usual', from: 0, until: week, pages: {}, tickets: {} },
  ...days.map(({ pages, tickets, title }, index) => ({
    title,
    from: startOf(index),
    until: startOf(index + 1),
    pages,
    ...(tickets && { tickets }),
  })),
];
