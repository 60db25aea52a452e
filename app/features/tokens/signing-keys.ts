import type { KeyObject } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { JWK } from 'jose';
import type { Algorithm } from '../../config/config.ts';
import type { Logger } from '../../observe/log.ts';
import type { AcceptedKey } from './internal/key-material.ts';
import { type KeyConfig, openSigningSource, publicFolderSource } from './internal/key-source.ts';
import { type WatchedSource, watchSource } from './internal/watched-source.ts';

export interface SigningKeys {
  readonly algorithm: Algorithm;
  /** What signs. */
  current(): { kid: string; key: KeyObject };
  /** What verifies: a public key, or an HS256 secret. Every key here fits `algorithm` and nothing else. */
  find(kid: string): KeyObject | null;
  /** Public keys only, the current one first; empty for HS256. */
  jwks(): { keys: readonly JWK[] };
  /**
   * Seconds since each key was first known: by its file where one says so, by whoever told `knownSince`, else by this
   * process. `signing` is the one that signs; the others are accepted only, upcoming or retired.
   */
  ages(): readonly { kid: string; use: 'signing' | 'accepted'; seconds: number }[];
  /**
   * A key was known at that time (milliseconds since the epoch), before this process knew it. A later time, and a key
   * that is not here, change nothing.
   */
  knownSince(kid: string, since: number): void;
  /** Reads every file again; true if a key came, went or began to sign. Unusable files change nothing. */
  reload(): Promise<boolean>;
  onChange(listener: () => void): void;
  close(): void;
}

type Keys = ReadonlyMap<string, AcceptedKey>;

/** Mounted Secrets change by a swap of symbolic links, which fs.watch misses: content is compared instead. */
const pollInterval = 5_000;

/**
 * How long a replaced key outlives the last token signed with it here, in milliseconds: other replicas go on signing
 * with it for a while, since each kubelet brings a changed Secret in its own time, about a minute.
 */
const retirementMargin = 120_000;

/** A key keeps the earliest time it was known. Where two sources hold it the first wins, which signs. */
function merge(fresh: readonly AcceptedKey[], before: Keys): Keys {
  const merged = new Map<string, AcceptedKey>();
  for (const key of fresh) {
    const known = merged.get(key.kid) ?? before.get(key.kid);
    merged.set(key.kid, { ...key, since: Math.min(key.since, known?.since ?? key.since) });
  }
  return merged;
}

/** Replaced keys and when each is dropped. */
function createRetirement(life: number, now: () => number) {
  const retired = new Map<string, { readonly key: AcceptedKey; readonly until: number }>();
  return {
    add(key: AcceptedKey): void {
      retired.set(key.kid, { key, until: now() + life });
    },
    keys(): AcceptedKey[] {
      for (const [kid, { until }] of retired) if (until <= now()) retired.delete(kid);
      return [...retired.values()].map(({ key }) => key);
    },
  };
}

async function openFolder(config: KeyConfig, log: Logger, onFault: (error: unknown) => void) {
  const { algorithm, publicKeysDir } = config.jwt;
  const none: WatchedSource<readonly AcceptedKey[]> = { value: () => [], refresh: async () => undefined };
  if (algorithm === 'HS256' || !publicKeysDir) return none;
  return watchSource(publicFolderSource(publicKeysDir, algorithm, log), onFault);
}

/** Runs one after the other, so that a slow disk cannot let an older read overwrite a newer one. */
function inTurn<T>(job: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const result = last.then(job);
    last = result.catch(() => undefined);
    return result;
  };
}

/**
 * Opens the configured keys and follows their files. Rotation in four steps, none of which refuses a valid token or
 * needs a restart: publish the new public key (JWT_PUBLIC_KEYS_DIR), sign with it, retire the old one, drop it. A
 * replaced key retires by itself for the life of its last token; a compromised one is dropped by a restart.
 * @param now milliseconds since the epoch
 * @throws ConfigError naming the variable at fault, never a value
 */
export async function openSigningKeys(
  config: KeyConfig,
  log: Logger,
  now: () => number = Date.now,
): Promise<SigningKeys> {
  const onFault = (error: unknown): void =>
    log.error({ event: 'signing_keys_inconsistent', err: error }, 'keys are unusable; the old ones stay');
  const signing = await watchSource(await openSigningSource(config, now), onFault);
  const folder = await openFolder(config, log, onFault);
  const retirement = createRetirement(config.sessions.accessTokenTtl + retirementMargin, now);
  const listeners: (() => void)[] = [];
  let current = signing.value().current;
  let keys = merge([...signing.value().accepted, ...folder.value()], new Map());

  async function reload(): Promise<boolean> {
    await signing.refresh();
    await folder.refresh();
    const before = keys;
    const replaced = before.get(current.kid);
    // From here on nothing waits: a key never signs before `find` knows it.
    current = signing.value().current;
    if (replaced && replaced.kid !== current.kid) retirement.add(replaced);
    keys = merge([...signing.value().accepted, ...folder.value(), ...retirement.keys()], before);
    if (isDeepStrictEqual([...keys.keys()], [...before.keys()])) return false;
    log.info({ event: 'signing_keys_changed', kid: current.kid, kids: [...keys.keys()] }, 'keys changed');
    for (const listener of listeners) listener();
    return true;
  }

  const reloadInTurn = inTurn(reload);
  const timer = setInterval(() => {
    reloadInTurn().catch((error: unknown) => log.error({ err: error }, 'a change of keys was not taken up'));
  }, pollInterval).unref();

  return {
    algorithm: config.jwt.algorithm,
    current: () => current,
    find: (kid) => keys.get(kid)?.key ?? null,
    jwks: () => ({ keys: [...keys.values()].flatMap(({ jwk }) => jwk ?? []) }),
    ages: () =>
      [...keys.values()].map(({ kid, since }) => ({
        kid,
        use: kid === current.kid ? 'signing' : 'accepted',
        seconds: Math.max(0, (now() - since) / 1000),
      })),
    knownSince(kid, since) {
      const key = keys.get(kid);
      if (key && since < key.since) keys = new Map(keys).set(kid, { ...key, since });
    },
    reload: reloadInTurn,
    onChange: (listener) => {
      listeners.push(listener);
    },
    close: () => clearInterval(timer),
  };
}
