import { randomBytes } from 'node:crypto';
import type { Config } from '../../config/config.ts';
import { createAdministration, type RunChange } from '../../features/administration/administration.ts';
import type { Actor } from '../../features/audit/audit-log.ts';
import { refuseToRemoveLastAdmin } from '../../features/roles/last-admin.ts';
import type { SessionStates } from '../../features/sessions/session-states.ts';
import { createLoginThrottle } from '../../features/throttling/login-throttle.ts';
import type { Logger } from '../../observe/log.ts';
import { openStores, type Stores } from '../../open-stores.ts';
import { createStore, type SystemStore } from '../../store/store.ts';
import { openSessionStates } from '../session-changes.ts';

/** What a command line may do with accounts: what administrators do by the API, without their permission. */
export interface Operator {
  readonly store: SystemStore;
  readonly states: SessionStates;
  readonly redis: Stores['redis'];
  readonly administration: ReturnType<typeof createAdministration<Actor>>;
  /** Whether this command reaches the Redis of the replicas. */
  readonly hasRedis: boolean;
}

/** The role `admin` is locked before the user, as changes by administrators do: in the other order both could deadlock. */
const runAsOperator =
  (store: SystemStore): RunChange<Actor> =>
  (_actor, change) =>
    store.transaction(async (tx) => {
      await tx.roles.lockAdmin();
      return refuseToRemoveLastAdmin(tx, () => change(tx));
    });

async function openThrottle(config: Config, store: SystemStore, { redis }: Stores) {
  return createLoginThrottle({
    redis,
    secret: await store.serviceSecrets.get('login-throttle', randomBytes(32)),
    ...config.limits,
    // A command counts no attempt.
    onRefuse: () => undefined,
    onLockout: () => undefined,
  });
}

/** @param stores those of the service, or the in-memory Redis if the command does not know the Redis of the service */
export async function createOperator(config: Config, log: Logger, stores: Stores): Promise<Operator> {
  const store = createStore(stores.database);
  const states = await openSessionStates(store, stores.redis, log);
  const throttle = await openThrottle(config, store, stores);
  const administration = createAdministration<Actor>({ store, states, throttle, run: runAsOperator(store) });
  return { store, states, redis: stores.redis, administration, hasRedis: config.redis.url !== null };
}

/** Runs `work` as the operator and closes the stores at its end. */
export async function withOperator<T>(
  config: Config,
  log: Logger,
  work: (operator: Operator) => Promise<T>,
): Promise<T> {
  const stores = await openStores(config, log);
  try {
    return await work(await createOperator(config, log, stores));
  } finally {
    await stores.close();
  }
}
