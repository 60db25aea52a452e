import type { Connection } from './connection.ts';

/** A lock that is waited for, and the session that has it. Postgres hides some fields from roles with few rights. */
export interface LockHolder {
  /** What the lock is and what it is on, such as `AccessExclusiveLock on users`. */
  readonly lock: string;
  /** 0 is a prepared transaction, which has no session. */
  readonly pid: number;
  readonly role: string | null;
  readonly application: string | null;
  readonly client: string | null;
  readonly state: string | null;
  /** Seconds since its last query began, or since it connected. */
  readonly seconds: number | null;
}

const session = `
  b.pid,
  a.usename as role,
  nullif(a.application_name, '') as application,
  host(a.client_addr) as client,
  a.state,
  extract(epoch from clock_timestamp() - coalesce(a.query_start, a.backend_start))::integer as seconds`;

const advisoryHolders = `
  select 'advisory lock ' || $1::integer as lock, ${session}
  from pg_locks b
  left join pg_stat_activity a on a.pid = b.pid
  where b.locktype = 'advisory'
    and b.database = (select oid from pg_database where datname = current_database())
    and b.classid = 0
    and b.objid = $1::integer
    and b.objsubid = 1
    and b.granted`;

const blockers = `
  select
    case
      when l.relation is not null then format('%s on %s', l.mode, l.relation::regclass)
      when l.locktype in ('virtualxid', 'transactionid') then 'the end of an older transaction'
      else format('%s on %s', l.mode, l.locktype)
    end as lock,
    ${session}
  from pg_locks l
  cross join unnest(pg_blocking_pids(l.pid)) b(pid)
  left join pg_stat_activity a on a.pid = b.pid
  where l.pid = $1::integer
    and not l.granted`;

/** The sessions of this database that have the advisory lock. @param key a positive number of 31 bits */
export const findAdvisoryHolders = (
  connection: Pick<Connection, 'unsafe'>,
  key: number,
): Promise<LockHolder[]> => connection.unsafe<LockHolder[]>(advisoryHolders, [key]);

/** The sessions that the backend with this process id waits for. */
export const findBlockers = (connection: Pick<Connection, 'unsafe'>, pid: number): Promise<LockHolder[]> =>
  connection.unsafe<LockHolder[]>(blockers, [pid]);

function describeSession({ pid, role, application, client, state, seconds }: LockHolder): string {
  if (pid === 0) return 'a prepared transaction';
  const known = [
    role && `role ${role}`,
    application && `application ${application}`,
    client && `client ${client}`,
    state && (seconds === null ? state : `${state} for ${seconds} s`),
  ].filter(Boolean);
  return known.length > 0 ? `process ${pid} (${known.join(', ')})` : `process ${pid}`;
}

/** `AccessExclusiveLock on users, which process 42 (…) has`. Null if nobody has a lock. */
export function describeHolders(holders: readonly LockHolder[]): string | null {
  const [first] = holders;
  if (!first) return null;
  return `${first.lock}, which ${holders.map(describeSession).join(' and ')} ${holders.length > 1 ? 'have' : 'has'}`;
}
