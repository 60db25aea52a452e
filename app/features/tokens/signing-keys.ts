import { isDeepStrictEqual } from 'node:util';
import type { Logger } from '../../observe/log.ts';
import type { AcceptedKey } from './internal/key-material.ts';
import { type KeyConfig, openSigningSource, publicFolderSource } from './internal/key-source.ts';
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

/** The keys of all sources together: the signing source, the folder of public keys and replaced keys. */
async function openKeySet(config: KeyConfig, log: Logger, now: () => number) {
  const onFault = (error: unknown): void =>
    log.error(
      { event: 'signing_keys_inconsistent', err: error },
      'key files are unusable; the previous keys stay in use',
    );
  const signing = await watchSource(await openSigningSource(config, log, now), onFault);
  const folder = await openFolder(config, log, onFault);
  const retirement = createRetirement(config.sessions.accessTokenTtl + retirementMargin, now);
  let current = signing.value().current;
  let keys = merge([...signing.value().accepted, ...folder.value()], new Map());

  return {
    current: () => current,
    keys: () => keys,

    /**
     * Sets the time at which a key was first seen, in milliseconds since the epoch. A later time than the known one,
     * and an unknown key, change nothing.
     */
    setFirstSeen(kid: string, since: number): void {
      const key = keys.get(kid);
      if (key && since < key.since) keys = new Map(keys).set(kid, { ...key, since });
    },

    async reload(): Promise<boolean> {
      await signing.refresh();
      await folder.refresh();
      const before = keys;
      const replaced = before.get(current.kid);
      // No await from here on: a key must not sign before `find` knows it.
      current = signing.value().current;
      if (replaced && replaced.kid !== current.kid) retirement.add(replaced);
      keys = merge([...signing.value().accepted, ...folder.value(), ...retirement.keys()], before);
      return !isDeepStrictEqual([...keys.keys()], [...before.keys()]);
    },
  };
}

/**
 * Opens the configured keys and watches their files. A rotation has four steps, none of which refuses a valid token or
 * needs a restart: publish the new public key (JWT_PUBLIC_KEYS_DIR), sign with it, retire the old key, drop it. A
 * replaced key retires by itself after the lifetime of its last token. A restart drops a compromised key at once.
 * @param now milliseconds since the epoch
 * @throws ConfigError naming the variable at fault, never a value
 */
export async function openSigningKeys(config: KeyConfig, log: Logger, now: () => number = Date.now) {
  const set = await openKeySet(config, log, now);
  const listeners: (() => void)[] = [];
  const reload = inSequence(async () => {
    if (!(await set.reload())) return false;
    const change = { event: 'signing_keys_changed', kid: set.current().kid, kids: [...set.keys().keys()] };
    log.info(change, 'the signing keys changed');
    for (const listener of listeners) listener();
    return true;
  });
  const timer = setInterval(() => {
    reload().catch((error: unknown) => log.error({ err: error }, 'changed key files could not be read'));
  }, pollInterval).unref();

  return {
    algorithm: config.jwt.algorithm,
    /** The key that signs. */
    current: set.current,
    /** A key that verifies: a public key or an HS256 secret. Every key fits `algorithm` and no other algorithm. */
    find: (kid: string) => set.keys().get(kid)?.key ?? null,
    /** Public keys only, the current one first; empty for HS256. */
    jwks: () => ({ keys: [...set.keys().values()].flatMap(({ jwk }) => jwk ?? []) }),
    /**
     * Seconds since each key was first seen, by its file, by setFirstSeen or by this process. `signing` is the key that
     * signs; `accepted` keys only verify, because they are upcoming or retired.
     */
    ages: () =>
      [...set.keys().values()].map(({ kid, since }) => ({
        kid,
        use: kid === set.current().kid ? 'signing' : 'accepted',
        seconds: Math.max(0, (now() - since) / 1000),
      })),
    setFirstSeen: set.setFirstSeen,
    /** Reads every file again; true if a key was added, removed or began to sign. Unusable files change nothing. */
    reload,
    onChange(listener: () => void): void {
      listeners.push(listener);
    },
    close: () => clearInterval(timer),
  };
}
