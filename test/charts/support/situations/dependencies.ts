import type { Inputs } from '../promtool.ts';
import { type AlertCases, fires, podLabels, silent } from './alert-case.ts';

const degraded = (dependency: string, values: string, pod = 'a'): Inputs => ({
  [`auth_degraded{${podLabels.replace('pod="a"', `pod="${pod}"`)},dependency="${dependency}"}`]: values,
});
const commands = (ok: string, error: string) => ({
  [`auth_redis_command_duration_seconds_count{${podLabels},outcome="ok"}`]: ok,
  [`auth_redis_command_duration_seconds_count{${podLabels},outcome="error"}`]: error,
});
const queries = (ok: string, error: string) => ({
  [`auth_postgres_query_duration_seconds_count{${podLabels},outcome="ok"}`]: ok,
  [`auth_postgres_query_duration_seconds_count{${podLabels},outcome="error"}`]: error,
});
const taken = (code: string, values: string) => ({
  [`auth_registrations_total{${podLabels},outcome="${code}"}`]: values,
});
const pool = (waiting: string): Inputs => ({
  [`auth_postgres_pool_waiting{${podLabels},pool="primary"}`]: waiting,
  [`auth_postgres_pool_size{${podLabels},pool="primary"}`]: '10x60',
});

export const dependencies: AlertCases = {
  AuthPostgresUnavailable: [
    fires('no pod can reach Postgres for three minutes', {
      series: degraded('postgres', '0x5 1x60'),
      at: '8m',
    }),
    silent('a failover takes a minute', { series: degraded('postgres', '0x5 1x1 0x60'), at: '8m' }),
    silent('one of three pods cannot reach Postgres', {
      series: {
        ...degraded('postgres', '1x60'),
        ...degraded('postgres', '0x60', 'b'),
        ...degraded('postgres', '0x60', 'c'),
      },
      at: '20m',
    }),
    silent('Redis is unavailable', {
      series: { ...degraded('redis', '1x60'), ...degraded('postgres', '0x60') },
      at: '20m',
    }),
  ],
  AuthPostgresErrors: [
    fires('one of two pods cannot reach Postgres', {
      series: { ...degraded('postgres', '1x60'), ...degraded('postgres', '0x60', 'b') },
      at: '20m',
    }),
    fires('Postgres is connected and refuses a third of its queries', {
      series: { ...degraded('postgres', '0x60'), ...queries('0+100x60', '0+50x60') },
      at: '20m',
    }),
    silent('most queries are registrations of taken names', {
      series: {
        ...queries('0+40x60', '0+60x60'),
        ...taken('email_taken', '0+30x60'),
        ...taken('username_taken', '0+25x60'),
      },
      at: '20m',
    }),
  ],
  AuthPostgresPoolWaits: [
    fires('five queries wait for one of ten connections', { series: pool('5x60'), at: '30m' }),
    silent('a query waits now and then', { series: pool('0x10 4 0x10 3 0x40'), at: '30m' }),
  ],
  AuthRedisUnavailable: [
    fires('Redis is unreachable for minutes', { series: degraded('redis', '1x60'), at: '10m' }),
    fires('Redis is connected and refuses a third of its commands', {
      series: { ...degraded('redis', '0x60'), ...commands('0+100x60', '0+50x60') },
      at: '20m',
    }),
    silent('Redis was unreachable for two minutes', {
      series: { ...degraded('redis', '1x2 0x60'), ...commands('0x2 0+60x60', '0+60x2 120x60') },
      at: '10m',
    }),
    silent('Redis refuses a tenth of its commands', { series: commands('0+90x60', '0+10x60'), at: '20m' }),
    silent('Redis refused all commands for two minutes, which are over', {
      series: commands('0+60x10 600x2 660+60x40', '0x10 60 120 120x40'),
      at: '15m',
    }),
    silent('Redis refuses a quarter of its commands for a few minutes only', {
      series: commands('0+100x10 1075+75x4 1475+100x40', '0x10 25+25x4 125x40'),
      at: '15m',
    }),
  ],
};
