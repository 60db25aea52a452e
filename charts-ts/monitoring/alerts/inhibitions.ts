import type { Values } from '../../values/schema.ts';
import { seriesLabels } from '../promql.ts';

/** While one of the sources fires, Alertmanager notifies nobody of the consequences in the same installation. */
export interface Inhibition {
  readonly sources: readonly string[];
  readonly consequences: readonly string[];
}

const budgets = [
  'AuthAvailabilityBudgetBurnFast',
  'AuthAvailabilityBudgetBurnSlow',
  'AuthLatencyBudgetBurnFast',
  'AuthLatencyBudgetBurnSlow',
];
/** What users notice when nothing answers, or every login fails. */
const symptoms = [...budgets, 'AuthLoginsSlow', 'AuthLoginSuccessCollapsed', 'AuthNoTraffic'];

/**
 * Cause and effect. Each source fires no later than its consequences, or Alertmanager would already have notified somebody, and
 * no earlier does it end: outages.ts says how. No alert inhibits itself over others, because then both would be silent. Tickets that help to find the cause of an outage are
 * no consequences of it.
 */
export const inhibitions: readonly Inhibition[] = [
  { sources: ['AuthServiceDown'], consequences: ['AuthNoPodReady', 'AuthServiceTargetDown', ...symptoms] },
  { sources: ['AuthNoPodReady'], consequences: ['AuthRolloutStuck', 'AuthServiceTargetDown', ...symptoms] },
  {
    sources: ['AuthPostgresUnavailable'],
    consequences: [
      ...['AuthNoPodReady', 'AuthPostgresErrors', 'AuthPostgresPoolWaits', 'AuthMigrationFailed'],
      ...['AuthPodsRestarting', 'AuthRolloutStuck', 'AuthHashQueueSaturated', 'AuthRequestsAborted'],
      ...symptoms,
    ],
  },
  // Without Redis, Postgres answers the token checks as well.
  { sources: ['AuthRedisUnavailable'], consequences: ['AuthPostgresPoolWaits'] },
  {
    sources: ['AuthAvailabilityBudgetBurnFast'],
    consequences: ['AuthAvailabilityBudgetBurnSlow', 'AuthLoginsSlow', 'AuthLoginSuccessCollapsed'],
  },
  {
    sources: ['AuthLoginsSlow'],
    consequences: [
      ...['AuthLatencyBudgetBurnFast', 'AuthLatencyBudgetBurnSlow'],
      ...['AuthLoginSuccessCollapsed', 'AuthRequestsAborted'],
    ],
  },
  { sources: ['AuthLatencyBudgetBurnFast'], consequences: ['AuthLatencyBudgetBurnSlow'] },
  { sources: ['AuthNoTraffic'], consequences: ['AuthLoginSuccessCollapsed'] },
  {
    sources: ['AuthPasswordGuessing'],
    consequences: ['AuthCredentialStuffing', 'AuthLoginFailureSurge', 'AuthLoginSuccessCollapsed'],
  },
  { sources: ['AuthCredentialStuffing'], consequences: ['AuthLoginFailureSurge'] },
  { sources: ['AuthMigrationFailed'], consequences: ['AuthRolloutStuck'] },
];

/** The labels that name the installation of an alert. */
export const installationLabels = (values: Values): string[] => Object.keys(seriesLabels(values));

const oneOf = (alerts: readonly string[]): string => `alertname=~"${alerts.join('|')}"`;

/** The field `inhibit_rules` of the configuration of Alertmanager. It is the same for all installations. */
export const inhibitRules = (values: Values) =>
  inhibitions.map(({ consequences, sources }) => ({
    source_matchers: [oneOf(sources)],
    target_matchers: [oneOf(consequences)],
    equal: installationLabels(values),
  }));
