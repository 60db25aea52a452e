import { randomBytes } from 'node:crypto';
import type Koa from 'koa';
import type { Config } from './config/config.ts';
import { createAccounts } from './features/accounts/accounts.ts';
import { createPersonalData } from './features/accounts/personal-data.ts';
import { createAdministration } from './features/administration/administration.ts';
import { createDirectory } from './features/administration/directory.ts';
import { createDeviceTokens } from './features/devices/device-tokens.ts';
import type { HealthChecks } from './features/health/endpoints.ts';
import { createLogin } from './features/login/login.ts';
import { createPasswordHasher } from './features/passwords/password-hasher.ts';
import { createPasswordReset } from './features/passwords/password-reset.ts';
import { traceHasher } from './features/passwords/traced-hasher.ts';
import { createRegister } from './features/registration/register.ts';
import { createRoles } from './features/roles/roles.ts';
import { createAuthenticate } from './features/sessions/authenticate.ts';
import { createSessionStates } from './features/sessions/session-states.ts';
import { createSessions, type RefreshOutcome } from './features/sessions/sessions.ts';
import { createLoginThrottle } from './features/throttling/login-throttle.ts';
import { createAccessTokens } from './features/tokens/access-token.ts';
import type { SigningKeys } from './features/tokens/signing-keys.ts';
import { createApp } from './http/app.ts';
import type { RequestState } from './http/route/context.ts';
import { createLimits } from './http/route/limits.ts';
import { createRoutes } from './http/routes.ts';
import type { Logger } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';
import { noTracing, type Tracing } from './observe/tracing.ts';
import type { Stores } from './open-stores.ts';
import { isSchemaCurrent } from './store/postgres/migrations.ts';
import { createStore } from './store/store.ts';
import type { SessionRow } from './store/tables/sessions.ts';

export interface Composition {
  readonly config: Config;
  readonly stores: Stores;
  readonly keys: SigningKeys;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  /** True from SIGTERM on: readiness turns 503 while requests are still served. */
  readonly isDraining: () => boolean;
  /** @default off */
  readonly tracing?: Tracing;
}

const succeeded: ReadonlySet<RefreshOutcome> = new Set(['rotated', 'repeated']);

function healthChecks(stores: Stores): HealthChecks {
  return {
    postgres: async () => {
      try {
        await stores.database.query('health/ping');
        return true;
      } catch {
        return false;
      }
    },
    schema: () => isSchemaCurrent(stores.database),
    redis: () => stores.redis.ping(),
  };
}

/** The one place that knows everyone: builds the application on stores that are open already. */
export async function compose(parts: Composition): Promise<Koa<RequestState>> {
  const { config, stores, keys, log, metrics, version, isDraining, tracing = noTracing } = parts;
  metrics.signingKeyAge.onCollect(() =>
    keys.ages().map(({ kid, use, seconds }) => ({ labels: { kid, use }, value: seconds })),
  );
  const store = createStore(stores.database);
  const replica = createStore(stores.replica);
  const redis = stores.redis;
  const hasher = traceHasher(await createPasswordHasher(config.hashing, metrics), tracing);
  const states = await createSessionStates({ store, redis, log });
  const tokens = createAccessTokens({ keys, jwt: config.jwt, ttlMs: config.sessions.accessTokenTtl });
  const secretNamed = (name: string) => store.serviceSecrets.get(name, randomBytes(32));
  const throttle = createLoginThrottle({
    redis,
    secret: await secretNamed('login-throttle'),
    ...config.limits,
    onRefuse: (limit) => metrics.rateLimited.inc({ limit }),
    onLockout: () => {
      metrics.lockouts.inc();
      // Whose it is, the throttle does not know: it counts by a MAC of the email. The login's own line follows.
      log.warn({ event: 'account_locked' }, 'the free login attempts of an account are used up');
    },
  });
  const devices = createDeviceTokens(await secretNamed('device-tokens'));
  const onRefresh = (cause: RefreshOutcome, session?: SessionRow) => {
    metrics.refreshes.inc({ outcome: succeeded.has(cause) ? 'success' : 'failure', cause });
    if (!session) return;
    const reuse = { event: 'refresh_reuse', cause, sessionId: session.id, userId: session.user?.id };
    log.warn(reuse, 'a refresh token came again; its session was ended');
  };
  const sessions = createSessions({ store, states, tokens, lifetimes: config.sessions, onRefresh });

  const endpoints = createRoutes({
    register: createRegister({ store, hasher, metrics }),
    login: createLogin({ store, sessions, devices, hasher, throttle, metrics, log }),
    sessions,
    resetPassword: createPasswordReset({ store, states, hasher, devices }),
    room: hasher.room,
    accounts: createAccounts({ store, sessions, states, hasher, throttle, devices }),
    personalData: createPersonalData({ store, replica }),
    administration: createAdministration({ store, states, throttle }),
    directory: createDirectory({ replica }),
    roles: createRoles({ store }),
    keys,
    metrics,
    health: { version, environment: config.environment, checks: healthChecks(stores), isDraining },
  });
  return createApp({
    config: config.http,
    endpoints,
    limit: createLimits({ redis, metrics, ...config.limits }),
    authenticate: createAuthenticate({ tokens, states }),
    log,
    metrics,
    tracing,
  });
}
