import { type AlertCases, fires, podLabels, silent } from './alert-case.ts';

const day = 86_400;

/** Age in days of the signing key and of another accepted key. */
const keyAges = (signing: number, accepted: number) => ({
  [`auth_signing_key_age_seconds{${podLabels},kid="one",use="signing"}`]: `${signing * day}x180`,
  [`auth_signing_key_age_seconds{${podLabels},kid="other",use="accepted"}`]: `${accepted * day}x180`,
});

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

export const maintenance: AlertCases = {
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
  AuthSigningKeyTooOld: [
    fires('the signing key is older than 100 days', { series: keyAges(110, 200), at: '2h' }),
    fires('the signing key is older than 100 days and the next key is published', {
      series: keyAges(110, 1),
      at: '2h',
    }),
    silent('only a retired key is older than 100 days', { series: keyAges(30, 200), at: '2h' }),
  ],
  AuthPurgeOverdue: [
    fires('the purge last ran three days ago', { series: purge(72), at: '45m' }),
    silent('the purge ran yesterday', { series: purge(30), at: '45m' }),
  ],
};
