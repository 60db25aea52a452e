import { type AlertCases, fires, podLabels, silent } from './alert-case.ts';

const day = 86_400;

/** Of a hundred hashes a minute, `withinSecond` wait less than a second. `rejected` more are rejected. */
const hashes = (withinSecond: number, rejected: number) => ({
  [`auth_hash_wait_seconds_bucket{${podLabels},le="1"}`]: `0+${withinSecond}x60`,
  [`auth_hash_wait_seconds_bucket{${podLabels},le="5"}`]: '0+100x60',
  [`auth_hash_wait_seconds_bucket{${podLabels},le="+Inf"}`]: '0+100x60',
  [`auth_hash_rejected_total{${podLabels}}`]: `0+${rejected}x60`,
});

/** Age in days of the signing key and of another accepted key. */
const keyAges = (signing: number, accepted: number) => ({
  [`auth_signing_key_age_seconds{${podLabels},kid="one",use="signing"}`]: `${signing * day}x180`,
  [`auth_signing_key_age_seconds{${podLabels},kid="other",use="accepted"}`]: `${accepted * day}x180`,
});

const degraded = (dependency: string, values: string) => ({
  [`auth_degraded{${podLabels},dependency="${dependency}"}`]: values,
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
const postgres = { labels: { dependency: 'postgres' } };
const redis = { labels: { dependency: 'redis' } };

const purge = (hours: number) => ({
  [`up{${podLabels}}`]: '1x60',
  [`auth_last_purge_age_seconds{${podLabels}}`]: `${hours * 3600}x60`,
});

/** Of a service that runs, whose last backup is from the given hour. */
const backup = (hour: number) => ({
  [`up{${podLabels}}`]: '1x400',
  [`auth_last_backup_timestamp_seconds{${podLabels}}`]: `${hour * 3600}x400`,
});
const sixtyHours = { interval: '10m', at: '60h' };

export const dependencies: AlertCases = {
  AuthBackupOverdue: [
    fires('two daily backups in a row have failed', { series: backup(5), ...sixtyHours }),
    fires('there was never a backup', { series: backup(0), ...sixtyHours }),
    fires('the service runs and reports no backup', {
      series: { [`up{${podLabels}}`]: '1x400' },
      ...sixtyHours,
    }),
    silent('one daily backup has failed', { series: backup(18), ...sixtyHours }),
    silent('no pod can be scraped', { series: { [`up{${podLabels}}`]: '0x400' }, ...sixtyHours }),
  ],
  AuthHashQueueSaturated: [
    fires('a fifth of all hashes wait longer than a second', { series: hashes(80, 0), at: '20m' }),
    fires('hashes are rejected, and none waits', { series: hashes(100, 60), at: '20m' }),
    silent('one hash in a hundred waits longer than a second', { series: hashes(99, 0), at: '20m' }),
  ],
  AuthSigningKeyTooOld: [
    fires('the signing key is older than 100 days', { series: keyAges(110, 200), at: '2h' }),
    fires('the signing key is older than 100 days and the next key is published', {
      series: keyAges(110, 1),
      at: '2h',
    }),
    silent('only a retired key is older than 100 days', { series: keyAges(30, 200), at: '2h' }),
  ],
  AuthDependencyDegraded: [
    fires('Redis is unreachable for minutes', { series: degraded('redis', '1x60'), at: '10m', ...redis }),
    fires('Postgres is unreachable for minutes', {
      series: degraded('postgres', '1x60'),
      at: '10m',
      ...postgres,
    }),
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
    silent('most queries are registrations of taken names', {
      series: {
        ...queries('0+40x60', '0+60x60'),
        ...taken('email_taken', '0+30x60'),
        ...taken('username_taken', '0+25x60'),
      },
      at: '20m',
    }),
  ],
  AuthPurgeOverdue: [
    fires('the purge last ran three days ago', { series: purge(72), at: '45m' }),
    silent('the purge ran yesterday', { series: purge(30), at: '45m' }),
  ],
};
