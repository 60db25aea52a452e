import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import { keyIds } from '../../config/format.ts';
import { type AuditEvent, commandLine, writeAudit } from '../../features/audit/audit-log.ts';
import type { SessionStates } from '../../features/sessions/session-states.ts';
import { openSigningKeys, type SigningKeys } from '../../features/tokens/signing-keys.ts';
import { findRecordedKeys } from '../../jobs/record-signing-keys.ts';
import type { Logger } from '../../observe/log.ts';
import { openStores } from '../../open-stores.ts';
import { createStore, type SystemStore } from '../../store/store.ts';
import { endAllSessions, openSessionStates, withoutRedis } from '../session-changes.ts';

/** Milliseconds after which every replica refuses the tokens of a revoked key. */
const revocationDelay = 10_000;

interface KeyAdministration {
  readonly store: SystemStore;
  readonly states: Pick<SessionStates, 'sessionsEnded'>;
  readonly keys: Pick<SigningKeys, 'list'>;
  /** Whether this command reaches the Redis of the replicas. @default true */
  readonly hasRedis?: boolean;
  readonly write: (line: string) => void;
  /** @default waits in real time */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

type ConfiguredKeys = Pick<SigningKeys, 'list' | 'setRevoked' | 'close'>;

const noKeys: ConfiguredKeys = { list: () => [], setRevoked: () => undefined, close: () => undefined };

/** The keys of the configuration, or none: a database and no key suffice to list and to revoke. */
async function openConfiguredKeys(config: Config, log: Logger): Promise<ConfiguredKeys> {
  const { algorithm, privateKey, secret } = config.jwt;
  const isGenerated = algorithm !== 'HS256' && config.environment !== 'production';
  const isConfigured = (algorithm === 'HS256' ? secret : privateKey) !== null || isGenerated;
  return isConfigured ? openSigningKeys(config, log) : noKeys;
}

/** Runs `work` with the keys of this machine's configuration and the stores, and closes them at its end. */
export async function withKeys<T>(
  config: Config,
  log: Logger,
  write: (line: string) => void,
  work: (parts: KeyAdministration) => Promise<T>,
): Promise<T> {
  const keys = await openConfiguredKeys(config, log);
  const stores = await openStores(config, log);
  try {
    const store = createStore(stores.database);
    const states = await openSessionStates(store, stores.redis, log);
    keys.setRevoked((await store.revokedSigningKeys.list()).map(({ kid }) => kid));
    return await work({ store, states, keys, write, hasRedis: config.redis.url !== null });
  } finally {
    keys.close();
    await stores.close();
  }
}

type KeyState =
  | 'signing'
  | 'next'
  | 'retired'
  | 'unconfigured'
  | 'revoked'
  | 'revoked, still configured to sign';

/**
 * The state of each key, by its order of first use: a key that verifies and was seen after the signing key is the next
 * one, and a key that was seen before is a retired one.
 */
function statesOf(keys: ReturnType<SigningKeys['list']>, recorded: ReadonlyMap<string, Date>) {
  const firstSeen = (kid: string, since: number): number =>
    Math.min(since, recorded.get(kid)?.getTime() ?? since);
  const signing = keys.find(({ isSigning }) => isSigning);
  const signingSince = signing ? firstSeen(signing.kid, signing.since) : 0;
  return new Map(
    keys.map(({ kid, since, isSigning, isRevoked }): [string, KeyState] => {
      if (isRevoked) return [kid, isSigning ? 'revoked, still configured to sign' : 'revoked'];
      if (isSigning) return [kid, 'signing'];
      return [kid, firstSeen(kid, since) > signingSince ? 'next' : 'retired'];
    }),
  );
}

/** Writes each key that is configured here, was loaded by any replica, or is revoked. @returns them for --json */
export async function listKeys({ store, keys, write }: KeyAdministration) {
  const recorded = await findRecordedKeys(store);
  const revoked = new Map(
    (await store.revokedSigningKeys.list()).map(({ kid, revokedAt }) => [kid, revokedAt]),
  );
  const states = statesOf(keys.list(), recorded);
  const kids = [...new Set([...states.keys(), ...recorded.keys(), ...revoked.keys()])];
  const listed = kids.map((kid) => ({
    kid,
    first_seen: recorded.get(kid)?.toISOString() ?? null,
    revoked: revoked.get(kid)?.toISOString() ?? null,
    state: states.get(kid) ?? (revoked.has(kid) ? 'revoked' : 'unconfigured'),
  }));
  write(['kid'.padEnd(43), 'first seen'.padEnd(24), 'revoked'.padEnd(24), 'state'].join('  '));
  for (const key of listed) {
    const dates = [key.first_seen, key.revoked].map((date) => (date ?? '-').padEnd(24));
    write([key.kid.padEnd(43), ...dates, key.state].join('  '));
  }
  return listed;
}

const onKey = (kid: string): Pick<AuditEvent, 'targetType' | 'targetId'> => ({
  targetType: 'signing_key',
  targetId: kid,
});

/** @throws Error for a key that nobody knows, which is a mistyped one, and for a key that signs or that may sign */
async function checkRevocable({ store, keys }: KeyAdministration, kid: string): Promise<void> {
  if (!keys.list().some(({ isSigning }) => isSigning))
    throw new Error(
      `this command has no signing key in its configuration, so it does not know whether ${kid} is the key that signs. Run it with the configuration of the service. --force revokes the key nevertheless`,
    );
  const configured = keys.list().find((key) => key.kid === kid);
  if (configured?.isSigning)
    throw new Error(
      `${kid} is the key that signs by this configuration. Configure another key first: while replicas sign with a revoked key, they are not ready, and logins and refreshes are answered with 503. --force revokes the key nevertheless`,
    );
  if (!configured && !(await findRecordedKeys(store)).has(kid))
    throw new Error(
      `no replica has ever loaded a key ${kid}: auth-service keys list shows the known keys. --force revokes the key nevertheless`,
    );
}

/** What a revocation did, for --json. */
interface Revocation {
  readonly kid: string;
  readonly is_revoked: true;
  /** Whether the key was revoked before this command. */
  readonly was_revoked: boolean;
  readonly voided_reset_tokens: number;
  readonly ended_sessions: number;
}

/**
 * Revokes a signing key: every replica refuses its tokens within ten seconds.
 * @throws Error for the key that signs and for an unknown key, unless forced
 */
export async function revokeKey(
  parts: KeyAdministration,
  kid: string,
  { endsSessions = false, isForced = false } = {},
): Promise<Revocation> {
  const { hasRedis = true, store, wait = sleep, write } = parts;
  if (keyIds.safeParse(kid).data?.[0] !== kid) throw new Error(`${kid} is not a key id (kid)`);
  if (!isForced) await checkRevocable(parts, kid);
  const isNew = await store.transaction(async (tx) => {
    const inserted = await tx.revokedSigningKeys.insert(kid);
    const event = {
      action: 'signing_key.revoke',
      ...onKey(kid),
      detail: { end_sessions: endsSessions },
    } as const;
    if (inserted || endsSessions) await writeAudit(tx, commandLine, event);
    return inserted;
  });
  write(
    `${kid} ${isNew ? 'is revoked: every replica refuses its tokens within ten seconds' : 'was revoked before'}`,
  );
  const revocation = { kid, is_revoked: true, was_revoked: !isNew } as const;
  if (!endsSessions) return { ...revocation, voided_reset_tokens: 0, ended_sessions: 0 };
  // Until then a forged token could still act, for example change a password, and a session could follow from that.
  if (isNew) await wait(revocationDelay);
  // A forged token of an administrator could issue some. Before the sessions: those that followed from one end too.
  const voided = await store.passwordResets.deleteAll();
  write(`made ${voided} reset tokens void`);
  // An attacker who could sign tokens could use each session that is active now.
  const ended = await endAllSessions(parts, 'signing_key_revoked');
  write(`ended ${ended} sessions`);
  if (!hasRedis) write(withoutRedis);
  return { ...revocation, voided_reset_tokens: voided, ended_sessions: ended };
}

/**
 * Takes a revocation back, for a key that was revoked by mistake.
 * @throws Error for a key that is not revoked in the database
 */
export async function unrevokeKey({ store, write }: KeyAdministration, kid: string): Promise<void> {
  await store.transaction(async (tx) => {
    if (!(await tx.revokedSigningKeys.delete(kid))) {
      throw new Error(`${kid} is not among the revoked keys in the database; JWT_REVOKED_KEYS may list it`);
    }
    await writeAudit(tx, commandLine, { action: 'signing_key.unrevoke', ...onKey(kid) });
  });
  write(`${kid} is not revoked any more, unless JWT_REVOKED_KEYS lists it`);
}
