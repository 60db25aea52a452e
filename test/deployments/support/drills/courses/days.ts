import { waitFor } from '../../../../../tools/torture/harness/process.ts';
import { runOn } from '../../../../support/servers.ts';
import type { Course } from '../drill.ts';
import { registerUser, repeat, sendLogin } from '../traffic.ts';

/** Statements that change what the service reads from Postgres once a minute. */
const ageOf = (age: string): string => `
  insert into maintenance (name, ran_at) values ('purge', now() - interval '${age}')
    on conflict (name) do update set ran_at = excluded.ran_at;
  update maintenance set ran_at = now() - interval '${age}' where name like 'signing-key:%';
  delete from backups;
  insert into backups (name, snapshot_at, size_bytes, row_count, target, encryption)
    values ('drill', now() - interval '${age}', 1, 1, 'folder', 'none')`;

/** The service records its signing key once a minute, at its start for the first time. */
async function waitForKey(databaseUrl: string): Promise<void> {
  const find = "do $$ begin assert exists (select from maintenance where name like 'signing-key:%'); end $$";
  const isRecorded = () =>
    runOn(databaseUrl, find).then(
      () => true,
      () => false,
    );
  await waitFor('the record of the signing key', isRecorded, 180_000, 1_000);
}

/** Alerts with windows of days: a day of the rules is two minutes. */
export const days: Course = {
  name: 'days',
  factor: 720,
  drills: [
    {
      cause: 'the last purge, the last backup and the signing key are 120 days old',
      alerts: ['AuthPurgeOverdue', 'AuthSigningKeyTooOld', 'AuthBackupOverdue'],
      async begin({ databaseUrl, rotateKey }, started) {
        await waitForKey(databaseUrl);
        started();
        await runOn(databaseUrl, ageOf('120 days'));
        return () => {
          // A key never becomes younger, so only another one ends the alert.
          rotateKey();
          return runOn(databaseUrl, ageOf('0 days'));
        };
      },
    },
    {
      cause: 'each answer of Postgres takes 0.3 s while users log in',
      alerts: ['AuthLatencyBudgetBurnSlow'],
      async begin({ postgres, url }, started) {
        const user = await registerUser(url);
        started();
        postgres.delay(150);
        const stop = repeat(8, 50, () => sendLogin(url, user));
        return async () => {
          postgres.delay(0);
          await stop();
        };
      },
    },
    {
      cause: 'Postgres answers nothing while users log in',
      alerts: ['AuthAvailabilityBudgetBurnSlow'],
      async begin({ postgres, url }, started) {
        const user = await registerUser(url);
        started();
        postgres.freeze();
        const stop = repeat(8, 50, () => sendLogin(url, user));
        return async () => {
          postgres.thaw();
          await stop();
        };
      },
    },
  ],
};
