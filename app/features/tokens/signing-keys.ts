import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../../observe/log.ts';
import type { AcceptedKey } from './internal/key-material.ts';
import { type KeyConfig, openSigningSource, publicFolderSource } from './internal/key-source.ts';
import { openRevokedKeys } from './internal/revoked-keys.ts';
import { watchSource } from './internal/watched-source.ts';

export type SigningKeys = Awaited<ReturnType<typeof openSigningKeys>>;

type Keys = ReadonlyMap<string, AcceptedKey>;

/** Milliseconds. A mounted Secret changes by a swap of symbolic links, which fs.watch misses, so content is compared. */
const pollInterval = 5_000;

/**
 * How long a replaced key stays accepted after the last token that it signed here, in milliseconds. Other replicas go
 * on signing with it for a while, because each kubelet updates a mounted Secret in its own time, about a minute.
 */
const retirementMargin = 120_000;

/** A key keeps the earliest time at which it was seen. If two sources contain it, the first, which signs, wins. */
function merge(fresh: readonly AcceptedKey[], before: Keys): Keys {
  const merged = new Map<string, AcceptedKey>();
  for (const key of fresh) {
    const known = merged.get(key.kid) ?? before.get(key.kid);
    merged.set(key.kid, { ...key, since: Math.min(key.since, known?.since ?? key.since) });
  }
  return merged;
}

/** Replaced keys, and when each is dropped. */
function createRetirement(lifetime: number, now: () => number) {
  const retired = new Map<string, { readonly key: AcceptedKey; readonly until: number }>();
  return {
    add(key: AcceptedKey): void {
      retired.set(key.kid, { key, until: now() + lifetime });
    },
    keys(): AcceptedKey[] {
      for (const [kid, { until }] of retired) if (until <= now()) retired.delete(kid);
      return [...retired.values()].map(({ key }) => key);
    },
  };
}

async function openFolder(config: KeyConfig, log: Logger, onFault: (error: unknown) => void) {
  const { algorithm, publicKeysDir } = config.jwt;
  if (algorithm === 'HS256' || !publicKeysDir) return { value: () => [], refresh: async () => undefined };
  return watchSource(publicFolderSource(publicKeysDir, algorithm, log), onFault);
}

/** Runs calls one after the other, so that a slow disk cannot let an older read overwrite a newer one. */
function inSequence<T>(job: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const result = last.then(job);
    last = result.catch(() => undefined);
    return result;
  };
}

async function openRevocations({ jwt }: KeyConfig, log: Logger) {
  const message = 'JWT_REVOKED_KEYS_FILE is unusable; its last list of revoked keys stays in use';
  return openRevokedKeys(jwt, (error) => log.error({ event: 'revoked_keys_unusable', err: error }, message));
}

/**
 * The keys of all sources together: the signing source, the folder of public keys and replaced keys. `keys` are those
 * that verify, which excludes revoked ones.
 */
async function openKeySet(config: KeyConfig, log: Logger, now: () => number) {
  const onFault = (error: unknown): void =>
    log.error(
      { event: 'signing_keys_inconsistent', err: error },
      'key files are unusable; the previous keys stay in use',
    );
  const signing = await watchSource(await openSigningSource(config, log, now), onFault);
  const folder = await openFolder(config, log, onFault);
  const retirement = createRetirement(config.sessions.accessTokenTtl + retirementMargin, now);
  const revocations = await openRevocations(config, log);
  let current = signing.value().current;
  let known = merge([...signing.value().accepted, ...folder.value()], new Map());
  const select = (): Keys => new Map([...known].filter(([kid]) => !revocations.has(kid)));
  let keys = select();

  return {
    current: () => current,
    keys: () => keys,
    known: () => known,
    isRevoked: revocations.has,

    /**
     * Sets the time at which a key was first seen, in milliseconds since the epoch. A later time than the known one,
     * and an unknown key, change nothing.
     */
    setFirstSeen(kid: string, since: number): void {
      const key = known.get(kid);
      if (!key || since >= key.since) return;
      known = new Map(known).set(kid, { ...key, since });
      keys = select();
    },

    /** Replaces the revoked keys that are recorded in the database. */
    setRevoked(kids: Iterable<string>): void {
      revocations.record(kids);
      keys = select();
    },

    async reload(): Promise<void> {
      await signing.refresh();
      await folder.refresh();
      await revocations.refresh();
      const replaced = known.get(current.kid);
      // No await from here on: a key must not sign before `find` knows it.
      current = signing.value().current;
      if (replaced && replaced.kid !== current.kid) retirement.add(replaced);
      known = merge([...signing.value().accepted, ...folder.value(), ...retirement.keys()], known);
      keys = select();
    },
  };
}

type KeySet = Awaited<ReturnType<typeof openKeySet>>;

const unusable = 'the signing key is revoked: this replica signs no token until it reads another key';

/** What the log and the listeners must hear of: the key that signs, and the keys that verify. */
const stateOf = (set: KeySet) => ({ kid: set.current().kid, kids: [...set.keys().keys()] });

/** Compares the set with what it was at the last call, and reports a change. */
function createAnnouncement(set: KeySet, log: Logger, listeners: readonly (() => void)[]) {
  let last = stateOf(set);
  return function announce(): boolean {
    const state = stateOf(set);
    if (isDeepStrictEqual(state, last)) return false;
    const revoked = last.kids.filter((kid) => set.isRevoked(kid));
    last = state;
    log.info({ event: 'signing_keys_changed', ...state }, 'the signing keys changed');
    for (const kid of revoked)
      log.warn({ event: 'signing_key_revoked', kid }, 'tokens of a revoked key are refused');
    if (set.isRevoked(state.kid)) log.error({ event: 'signing_key_unusable', kid: state.kid }, unusable);
    for (const listener of listeners) listener();
    return true;
  };
}

/**
 * Opens the configured keys and watches their files. A rotation has four steps, none of which refuses a valid token or
 * needs a restart: publish the new public key (JWT_PUBLIC_KEYS_DIR), sign with it, retire the old key, drop it. A
 * replaced key retires by itself after the lifetime of its last token. A revoked key neither verifies nor signs
 * (docs/decisions/0026-revoked-signing-keys.md).
 * @param now milliseconds since the epoch
 * @throws ConfigError naming the variable at fault, never a value
 */
export async function openSigningKeys(config: KeyConfig, log: Logger, now: () => number = Date.now) {
  const set = await openKeySet(config, log, now);
  const listeners: (() => void)[] = [];
  const announce = createAnnouncement(set, log, listeners);
  const reload = inSequence(async () => {
    await set.reload();
    return announce();
  });
  const timer = setInterval(() => {
    reload().catch((error: unknown) =>
      log.error({ event: 'signing_keys_unread', err: error }, 'changed key files could not be read'),
    );
  }, pollInterval).unref();
  const describe = ({ kid, since }: AcceptedKey) => ({ kid, since, isSigning: kid === set.current().kid });

  return {
    algorithm: config.jwt.algorithm,
    /** The key that signs, unless it is revoked. */
    current: set.current,
    /** False while the key that should sign is revoked. */
    canSign: () => !set.isRevoked(set.current().kid),
    /** A key that verifies: a public key or an HS256 secret. Every key fits `algorithm` and no other algorithm. */
    find: (kid: string) => set.keys().get(kid)?.key ?? null,
    /** Public keys only, the current one first, without revoked ones; empty for HS256. */
    jwks: () => ({ keys: [...set.keys().values()].flatMap(({ jwk }) => jwk ?? []) }),
    /** Every key of the configuration. `since` is the time at which it was first seen, in milliseconds since the epoch. */
    list: () =>
      [...set.known().values()].map((key) => ({ ...describe(key), isRevoked: set.isRevoked(key.kid) })),
    /**
     * Seconds since each key was first seen, by its file, by setFirstSeen or by this process. `signing` is the key that
     * signs; `accepted` keys only verify, because they are upcoming or retired.
     */
    ages: () =>
      [...set.keys().values()].map(describe).map(({ kid, since, isSigning }) => ({
        kid,
        use: isSigning ? 'signing' : 'accepted',
        seconds: Math.max(0, (now() - since) / 1000),
      })),
    setFirstSeen: set.setFirstSeen,
    /** Replaces the revoked keys that Postgres has recorded. Those of the configuration stay revoked as well. */
    setRevoked(kids: Iterable<string>): void {
      set.setRevoked(kids);
      announce();
    },
    /** Reads every file again; true if a key was added, removed, revoked or began to sign. Unusable files change nothing. */
    reload,
    onChange(listener: () => void): void {
      listeners.push(listener);
    },
    close: () => clearInterval(timer),
  };
}
