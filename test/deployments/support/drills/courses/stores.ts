import { ask } from '../../../../../tools/torture/harness/client.ts';
import { runOn } from '../../../../support/servers.ts';
import type { Course } from '../drill.ts';
import { logIn, registerUser, repeat, sendLogin } from '../traffic.ts';

/** Postgres that does not answer, answers late, or refuses. */
export const postgres: Course = {
  name: 'postgres',
  drills: [
    {
      cause: 'Postgres accepts connections and answers nothing',
      alerts: ['AuthPostgresUnavailable', 'AuthAvailabilityBudgetBurnFast'],
      async begin({ postgres: way, url }, started) {
        const user = await registerUser(url);
        started();
        way.freeze();
        const stop = repeat(6, 100, () => sendLogin(url, user));
        return async () => {
          way.thaw();
          await stop();
        };
      },
    },
    {
      cause: 'Postgres has lost the table of users, as after a restore into another schema',
      alerts: ['AuthPostgresErrors'],
      async begin({ databaseUrl, url }, started) {
        const user = await registerUser(url);
        started();
        await runOn(databaseUrl, 'alter table users rename to users_elsewhere');
        const stop = repeat(4, 100, () => sendLogin(url, user));
        return async () => {
          await runOn(databaseUrl, 'alter table users_elsewhere rename to users');
          await stop();
        };
      },
    },
    {
      cause: 'each answer of Postgres takes 0.2 s, and eight clients log in with four connections',
      alerts: ['AuthPostgresPoolWaits', 'AuthLoginsSlow', 'AuthLatencyBudgetBurnFast'],
      async begin({ postgres: way, url }, started) {
        const user = await registerUser(url);
        started();
        way.delay(100);
        const stop = repeat(8, 0, () => sendLogin(url, user));
        return async () => {
          way.delay(0);
          await stop();
        };
      },
    },
    {
      cause: 'Postgres is slow, and clients give up after 0.1 s',
      alerts: ['AuthRequestsAborted'],
      async begin({ postgres: way, url }, started) {
        const { access } = await logIn(url, await registerUser(url));
        started();
        way.delay(200);
        const stop = repeat(6, 50, () => ask(url, 'GET /api/v1/users/me', { token: access, timeout: 100 }));
        return async () => {
          way.delay(0);
          await stop();
        };
      },
    },
  ],
};

/** What must not page anybody. Two minutes of the rules are twelve seconds: a busy machine misses some scrapes in a row. */
export const tickets: Course = {
  name: 'tickets',
  factor: 10,
  drills: [
    {
      cause: 'one script tries passwords on one account, and no limit slows it down',
      alerts: ['AuthLoginFailureSurge'],
      withoutPage: true,
      async begin({ url }, started) {
        const { email } = await registerUser(url);
        started();
        return repeat(4, 50, () => sendLogin(url, { email, password: 'Wr0ng-password-1' }));
      },
    },
    {
      cause: 'Redis is killed while users log in',
      alerts: ['AuthRedisUnavailable'],
      withoutPage: true,
      async begin({ redis: server, url }, started) {
        const user = await registerUser(url);
        const stop = repeat(2, 100, () => sendLogin(url, user));
        started();
        await server.kill();
        return async () => {
          await server.start();
          await stop();
        };
      },
    },
  ],
};
