import { type Claims, fires, own, silent } from './claim.ts';

const day = 86_400;

/** Of a hundred hashes a minute, how many wait less than a second; and how many more are refused. */
const hashes = (withinSecond: number, refused: number) => ({
  [`auth_hash_wait_seconds_bucket{${own},le="1"}`]: `0+${withinSecond}x60`,
  [`auth_hash_wait_seconds_bucket{${own},le="5"}`]: '0+100x60',
  [`auth_hash_wait_seconds_bucket{${own},le="+Inf"}`]: '0+100x60',
  [`auth_hash_rejected_total{${own}}`]: `0+${refused}x60`,
});

/** Ages in days of the key that signs and of one that is only accepted. */
const keyAges = (signing: number, accepted: number) => ({
  [`auth_signing_key_age_seconds{${own},kid="one",use="signing"}`]: `${signing * day}x180`,
  [`auth_signing_key_age_seconds{${own},kid="other",use="accepted"}`]: `${accepted * day}x180`,
});

const degraded = (dependency: string, values: string) => ({
  [`auth_degraded{${own},dependency="${dependency}"}`]: values,
});
const commands = (ok: string, error: string) => ({
  [`auth_redis_command_duration_seconds_count{${own},outcome="ok"}`]: ok,
  [`auth_redis_command_duration_seconds_count{${own},outcome="error"}`]: error,
});
const queries = (ok: string, error: string) => ({
  [`auth_postgres_query_duration_seconds_count{${own},outcome="ok"}`]: ok,
  [`auth_postgres_query_duration_seconds_count{${own},outcome="error"}`]: error,
});
const taken = (code: string, values: string) => ({
  [`auth_registrations_total{${own},outcome="${code}"}`]: values,
});
const postgres = { labels: { dependency: 'postgres' } };
const redis = { labels: { dependency: 'redis' } };

const purge = (hours: number) => ({
  [`up{${own}}`]: '1x60',
  [`auth_last_purge_age_seconds{${own}}`]: `${hours * 3600}x60`,
});

export const dependencies: Claims = {
  AuthHashQueueSaturated: [
    fires('a fifth of all hashes wait longer than a second', { series: hashes(80, 0), at: '20m' }),
    fires('hashes are refused, and none waits', { series: hashes(100, 60), at: '20m' }),
    silent('one in a hundred does', { series: hashes(99, 0), at: '20m' }),
  ],
  AuthSigningKeyTooOld: [
    fires('the youngest key is older than a quarter of a year', { series: keyAges(110, 200), at: '2h' }),
    fires('the key that signs is, beside a next one that waits', { series: keyAges(110, 1), at: '2h' }),
    silent('only a retired key is', { series: keyAges(30, 200), at: '2h' }),
  ],
  AuthDependencyDegraded: [
    fires('Redis is away for minutes', { series: degraded('redis', '1x60'), at: '10m', ...redis }),
    fires('Postgres is away for minutes', { series: degraded('postgres', '1x60'), at: '10m', ...postgres }),
    fires('Redis is connected and refuses a third of its commands', {
      series: { ...degraded('redis', '0x60'), ...commands('0+100x60', '0+50x60') },
      at: '20m',
      ...redis,
    }),
    fires('Postgres is connected and refuses a third of its queries', {
      series: { ...degraded('postgres', '0x60'), ...queries('0+100x60', '0+50x60') },
      at: '20m',
      ...postgres,
    }),
    silent('it was away for two', {
      series: { ...degraded('redis', '1x2 0x60'), ...commands('0x2 0+60x60', '0+60x2 120x60') },
      at: '10m',
    }),
    silent('Redis refuses a tenth of its commands', { series: commands('0+90x60', '0+10x60'), at: '20m' }),
    silent('two minutes in which Redis refused everything are just over', {
      series: commands('0+60x10 600x2 660+60x40', '0x10 60 120 120x40'),
      at: '15m',
    }),
    silent('Redis refuses a quarter for a few minutes only', {
      series: commands('0+100x10 1075+75x4 1475+100x40', '0x10 25+25x4 125x40'),
      at: '15m',
    }),
    silent('most queries are registrations of names that are taken', {
      series: {
        ...queries('0+40x60', '0+60x60'),
        ...taken('email_taken', '0+30x60'),
        ...taken('username_taken', '0+25x60'),
      },
      at: '20m',
    }),
  ],
  AuthPurgeLagging: [
    fires('the purge last ran three days ago', { series: purge(72), at: '45m' }),
    silent('it ran yesterday', { series: purge(30), at: '45m' }),
  ],
};
