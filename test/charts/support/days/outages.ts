import { podsOf, type Scenario } from './conditions.ts';
import type { Expectation } from './days.ts';

const minutes = 190;

/** Two outages of half an hour on a busy morning: first of Redis, then of Postgres, with pods that are not ready meanwhile. */
export const outages: Scenario = {
  minutes,
  step: 1,
  begins: 9 * 60,
  pods: podsOf(minutes, []),
  events: [
    { from: 30, until: 60, away: ['redis'] },
    { from: 90, until: 120, away: ['postgres'], unready: true },
  ],
};

export const outageExpectations: readonly Expectation[] = [
  { title: 'Redis', from: 0, until: 90, pages: {}, tickets: { AuthRedisUnavailable: 1 } },
  { title: 'Postgres', from: 90, until: minutes - 1, pages: { AuthPostgresUnavailable: 1 } },
];
