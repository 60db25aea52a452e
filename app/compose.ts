import { randomBytes } from 'node:crypto';
import type Koa from 'koa';
import type { Config } from './config/config.ts';
import { createEndpoints } from './endpoints.ts';
import { createAccounts } from './features/accounts/accounts.ts';
import { createPersonalData } from './features/accounts/personal-data.ts';
import { createAdministration, runAsAdministrator } from './features/administration/administration.ts';
import { createDeviceTokens } from './features/devices/device-tokens.ts';
import type { Readiness } from './features/health/readiness.ts';
import { createLogin } from './features/login/login.ts';
import {
  countLoginAccounts,
  type LoginAccounts,
  openLoginAccounts,
} from './features/login/login-accounts.ts';
import { createBreachCheck } from './features/passwords/breach-check.ts';
import { createChangePassword } from './features/passwords/password-change.ts';
import { createConfirmPassword } from './features/passwords/password-confirmation.ts';
import { createPasswordHasher, type PasswordHasher } from './features/passwords/password-hasher.ts';
import { createPasswordPolicy } from './features/passwords/password-policy.ts';
import { createResetPassword } from './features/passwords/password-reset.ts';
import { createRegister } from './features/registration/register.ts';
import { createRoles } from './features/roles/roles.ts';
import { createAuthenticate } from './features/sessions/authenticate.ts';
import { createRefreshObserver } from './features/sessions/refresh-observer.ts';
import { createSessionStates } from './features/sessions/session-states.ts';
import { createSessions } from './features/sessions/sessions.ts';
import { createReauthenticate } from './features/step-up/reauthenticate.ts';
import { createStepUp } from './features/step-up/step-up.ts';
import { createAccountReference } from './features/throttling/account-reference.ts';
import { createLockoutLog } from './features/throttling/lockout-log.ts';
import { createLoginThrottle } from './features/throttling/login-throttle.ts';
import { createAccessTokens } from './features/tokens/access-token.ts';
import type { SigningKeys } from './features/tokens/signing-keys.ts';
import { canonicalEmail } from './features/users/email-address.ts';
import { createApp } from './http/app.ts';
import type { RequestState } from './http/route/context.ts';
import { createRateLimits } from './http/route/rate-limits.ts';
import { readStateSecret } from './jobs/read-state-secret.ts';
import { whereOf } from './observe/events/subject-fields.ts';
import type { Logger } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';
import { noTracing, type Tracing } from './observe/tracing.ts';
import type { Stores } from './open-stores.ts';
import { createStore, type SystemStore } from './store/store.ts';

interface Composition {
  readonly config: Config;
  readonly stores: Stores;
  readonly keys: SigningKeys;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  readonly readiness: Pick<Readiness, 'check'>;
  /** Signs session states in Redis. @default the one in Postgres at the start */
  readonly stateSecret?: () => Buffer;
  /** @default counts that nothing refreshes, so that they contain the logins of this process only */
  readonly loginAccounts?: LoginAccounts;
  /** @default off */
  readonly tracing?: Tracing;
  /** Milliseconds that a suspect network waits for a refusal. @default two seconds */
  readonly refusalDelay?: number;
  /** Milliseconds of a query for breached passwords. @default half a second */
  readonly breachDeadline?: number;
}

async function createThrottle({ config, stores, metrics, log }: Composition, store: SystemStore) {
  const secret = await store.serviceSecrets.get('login-throttle', randomBytes(32));
  const accountRef = createAccountReference(secret);
  const logLockout = createLockoutLog({ store, log, accountRef });
  const throttle = createLoginThrottle({
    redis: stores.redis,
    secret,
    ...config.limits,
    onRefuse: (limit) => metrics.rateLimited.inc({ limit }),
    onLockout: (attempt) => {
      metrics.lockouts.inc();
      void logLockout(attempt);
    },
  });
  return { throttle, accountRef: (email: string) => accountRef(canonicalEmail(email)) };
}

async function createStates({ stores, metrics, log, stateSecret }: Composition, store: SystemStore) {
  const initial = stateSecret?.() ?? (await readStateSecret(store));
  return createSessionStates({
    store,
    redis: stores.redis,
    log,
    secret: stateSecret ?? (() => initial),
    onRefusedCopy: (reason, sessionId, { userId, client }) => {
      metrics.stateCopiesRefused.inc({ reason });
      const message =
        'a session state in Redis was not written by this service for this session, or too long ago';
      log.warn({ event: 'state_copy_refused', reason, sessionId, userId, ...whereOf(client) }, message);
    },
  });
}

function createPolicy(parts: Composition, { withoutSlot }: PasswordHasher) {
  const { config, log, metrics, breachDeadline: deadline } = parts;
  const isBreached = createBreachCheck({ url: config.passwords.breachUrl, log, metrics, deadline });
  return createPasswordPolicy({
    issuer: config.jwt.issuer,
    // A slow server must not occupy the hash queue.
    isBreached: (password, where) => withoutSlot(() => isBreached(password, where)),
  });
}

/** Builds the services of all features, each from those that it needs. */
async function createServices(parts: Composition) {
  const { config, stores, keys, log, metrics, tracing = noTracing } = parts;
  const store = createStore(stores.database);
  const replica = createStore(stores.replica);
  const hasher = await createPasswordHasher(config, metrics, tracing);
  const checkPassword = await createPolicy(parts, hasher);
  const states = await createStates(parts, store);
  const tokens = createAccessTokens({ keys, jwt: config.jwt, ttlMs: config.sessions.accessTokenTtl });
  const { throttle, accountRef } = await createThrottle(parts, store);
  const devices = createDeviceTokens(await store.serviceSecrets.get('device-tokens', randomBytes(32)));
  const onRefresh = createRefreshObserver({ metrics, log });
  const sessions = createSessions({
    store,
    states,
    tokens,
    redis: stores.redis,
    lifetimes: config.sessions,
    onRefresh,
  });
  const confirmPassword = createConfirmPassword({ store, hasher, throttle });
  const login = createLogin({ store, sessions, devices, hasher, throttle, metrics, log });
  const accounts = parts.loginAccounts ?? (await openLoginAccounts({ store, redis: stores.redis, metrics }));
  return {
    ...parts,
    authenticate: createAuthenticate({ tokens, states }),
    stepUp: createStepUp({ store, throttle, maxAgeMs: config.sessions.stepUpMaxAge }),
    reauthenticate: createReauthenticate({ store, tokens, confirmPassword }),
    hashQueue: hasher.queue,
    accountRef,
    devices,
    register: createRegister({ store, hasher, checkPassword, metrics }),
    login: countLoginAccounts(login, accounts),
    sessions,
    changePassword: createChangePassword({ store, states, hasher, checkPassword, confirmPassword, devices }),
    resetPassword: createResetPassword({ store, states, hasher, checkPassword, devices }),
    accounts: createAccounts({ store, states, confirmPassword }),
    personalData: createPersonalData({ store, replica, maxConcurrent: config.resources.exports }),
    administration: createAdministration({ store, states, throttle, run: runAsAdministrator(store) }),
    roles: createRoles({ store }),
    replica,
    environment: config.environment,
    metricsToken: config.http.metricsToken,
  };
}

/** Builds the application on stores that are already open. It is the one place that knows every part. */
export async function compose(parts: Composition): Promise<Koa<RequestState>> {
  const { config, stores, keys, log, metrics, tracing = noTracing, refusalDelay } = parts;
  metrics.signingKeyAge.onCollect(() =>
    keys.ages().map(({ kid, use, seconds }) => ({ labels: { kid, use }, value: seconds })),
  );
  const services = await createServices(parts);
  const endpoints = createEndpoints(services);
  const limits = createRateLimits({
    endpoints,
    redis: stores.redis,
    metrics,
    ...config.limits,
    refusalDelay,
  });
  const { authenticate, stepUp } = services;
  return createApp({ config, endpoints, limits, authenticate, stepUp, log, metrics, tracing });
}
