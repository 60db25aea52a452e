import { fileURLToPath } from 'node:url';
import { ask } from '../../../../../tools/torture/harness/client.ts';
import { waitFor } from '../../../../../tools/torture/harness/process.ts';
import { newUserFields } from '../../../../../tools/torture/harness/users.ts';
import { sessionIdOf } from '../../../../support/users.ts';
import type { Course, Drill } from '../drill.ts';
import { fromNewNetwork, logIn, refresh, registerUser, repeat, sendLogin } from '../traffic.ts';

const clockAhead = fileURLToPath(new URL('../clock-ahead.cjs', import.meta.url));

const guessing: Drill = {
  cause: 'a list of passwords is tried on hundreds of accounts, most of which do not exist',
  alerts: ['AuthPasswordGuessing', 'AuthCredentialStuffing', 'AuthLoginFailureSurge'],
  async begin({ pods: [pod], url }) {
    const guess = () => sendLogin(url, { email: newUserFields().email, password: 'Wr0ng-password-1' });
    const stop = repeat(4, 50, guess);
    return async () => {
      await stop();
      // The service counts the accounts of the last ten minutes, which no factor shortens.
      pod?.signal('SIGUSR2');
    };
  },
};

const reuse: Drill = {
  cause: 'old refresh tokens are used again, in one session after the other',
  alerts: ['AuthRefreshTokenReuse'],
  async begin({ url }) {
    const steal = async (): Promise<void> => {
      const first = (await logIn(url, await registerUser(url))).refresh;
      const second = await refresh(url, first, fromNewNetwork());
      if (second) await refresh(url, second, fromNewNetwork());
      await refresh(url, first, fromNewNetwork());
    };
    return repeat(3, 0, steal);
  },
};

const anomaly: Drill = {
  cause: 'refresh tokens are used from two networks within seconds, in one session after the other',
  alerts: ['AuthSessionAnomalies'],
  async begin({ url }) {
    const steal = async (): Promise<void> => {
      const token = (await logIn(url, await registerUser(url))).refresh;
      await refresh(url, token, fromNewNetwork());
      await refresh(url, token, fromNewNetwork());
    };
    return repeat(3, 0, steal);
  },
};

const forgery: Drill = {
  cause: 'somebody changes the copy of a session in Redis during an outage of Postgres',
  alerts: ['AuthStateCopiesForged'],
  async begin({ postgres, redis: { client }, url }, started) {
    const { access } = await logIn(url, await registerUser(url));
    const check = () => ask(url, 'GET /api/v1/auth/verify', { token: access, ...fromNewNetwork() });
    await check();
    const key = `auth:signed-state:${sessionIdOf(access)}`;
    await waitFor('the copy of the session', async () => (await client.exists(key)) === 1, 60_000);
    const copy = (await client.get(key)) ?? '';
    started();
    postgres.freeze();
    await client.set(key, copy.replace('"roles":["user"]', '"roles":["admin"]'));
    const stop = repeat(1, 200, check);
    return async () => {
      postgres.thaw();
      await stop();
    };
  },
};

/** An installation with its limits on. Each request of an attack comes from another network. */
export const attacks: Course = {
  name: 'attacks',
  // A busy machine needs longer than ten seconds for two refreshes.
  env: { RATE_LIMIT: 'on', REFRESH_GRACE: '60s', NODE_OPTIONS: `--require=${clockAhead}` },
  // The last one changes the clock of the process.
  drills: [reuse, anomaly, forgery, guessing],
};
