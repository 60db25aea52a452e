-- Accounts. A deleted account stays as a row (soft delete), so every index that serves a lookup leaves it out.
-- email is compared by bytes (collation "C"): it is stored in lower case, and prefix searches can use the index.
create table users (
  id uuid primary key,
  email text collate "C" not null,
  username text not null,
  password_hash text not null,
  version integer not null default 1,
  created_at timestamptz(3) not null default now(),
  updated_at timestamptz(3) not null default now(),
  password_changed_at timestamptz(3) not null default now(),
  -- Device tokens are bound to it; a changed password and a logout everywhere raise it.
  device_epoch integer not null default 1,
  disabled_at timestamptz(3),
  deleted_at timestamptz(3),
  constraint users_email_lower_case check (email = lower(email)),
  constraint users_username_format check (username ~ '^[A-Za-z0-9_.-]{3,32}$')
);

create unique index users_email_key on users (email) where deleted_at is null;
create unique index users_username_key on users ((lower(username) collate "C")) where deleted_at is null;

create table roles (
  id integer generated always as identity primary key,
  name text collate "C" not null,
  description text not null default '',
  built_in boolean not null default false,
  created_at timestamptz(3) not null default now(),
  constraint roles_name_key unique (name)
);

insert into roles (name, description, built_in)
values
  ('admin', 'May administer users and roles', true),
  ('user', 'Every registered user', true);

create table user_roles (
  user_id uuid not null references users (id) on delete cascade,
  role_id integer not null references roles (id) on delete cascade,
  granted_at timestamptz(3) not null default now(),
  primary key (user_id, role_id)
);

-- One row per session, however often it is refreshed; nothing in it lets its reader in.
-- rotated_at keeps full precision: the grace for a lost answer is measured from it.
-- A fillfactor below 100 leaves room on the page for the new version that each refresh writes.
create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  mac_key bytea not null,
  token_hash bytea not null,
  previous_hash bytea,
  sealed_successor bytea,
  counter integer not null default 1,
  rotated_at timestamptz,
  ip text,
  user_agent text,
  created_at timestamptz(3) not null default now(),
  last_seen_at timestamptz(3) not null default now(),
  idle_expires_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  end_cause text,
  constraint sessions_idle_before_age check (idle_expires_at <= expires_at)
) with (fillfactor = 80);

create table password_resets (
  user_id uuid primary key references users (id) on delete cascade,
  token_hash bytea not null,
  created_by uuid,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  constraint password_resets_token_hash_key unique (token_hash)
);

-- No foreign keys here: the log outlives what it is about.
create table audit_log (
  id bigint generated always as identity primary key,
  occurred_at timestamptz(3) not null default now(),
  actor_id uuid,
  action text not null,
  target_type text not null,
  target_id text,
  detail jsonb not null default '{}',
  ip text,
  request_id text
);

-- Random values that all replicas must share.
create table service_secrets (
  name text primary key,
  value bytea not null,
  created_at timestamptz(3) not null default now()
);

-- When a recurring job last ran.
create table maintenance (
  name text primary key,
  ran_at timestamptz(3) not null default now()
);

-- One partition a month, so that old history goes by dropping a table. There is no default partition: one that
-- holds rows would have to be scanned under lock whenever a month is added.
create table login_histories (
  id uuid not null,
  occurred_at timestamptz(3) not null default now(),
  user_id uuid,
  outcome text not null,
  reason text,
  ip text,
  user_agent text,
  session_id uuid,
  primary key (occurred_at, id),
  constraint login_histories_outcome check (outcome in ('success', 'failure'))
) partition by range (occurred_at);

-- security definer: the service's own role needs no right to create tables. Months are UTC months. Attaching takes
-- a weaker lock on the parent than `create table ... partition of`, so logins go on meanwhile. Two runs at once take
-- turns. Returns how many partitions were made.
create function create_login_history_partitions(months_ahead integer) returns integer
language plpgsql
security definer
set search_path = public, pg_temp
set timezone = 'UTC'
set lock_timeout = '2s'
as $$
declare
  month timestamptz;
  partition text;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('login_histories'));
  for step in 0..least(greatest(months_ahead, 0), 120) loop
    month := date_trunc('month', now()) + step * interval '1 month';
    partition := 'login_histories_' || to_char(month, 'YYYY_MM');
    continue when to_regclass('public.' || partition) is not null;
    execute format('create table public.%I (like public.login_histories including defaults including constraints)', partition);
    execute format(
      'alter table public.login_histories attach partition public.%I for values from (%L) to (%L)',
      partition, month, month + interval '1 month'
    );
    made := made + 1;
  end loop;
  return made;
end
$$;

-- Drops the partitions of months older than keep_months before this one; this month's always stays.
create function drop_login_history_partitions(keep_months integer) returns setof text
language plpgsql
security definer
set search_path = public, pg_temp
set timezone = 'UTC'
set lock_timeout = '2s'
as $$
declare
  partition text;
  oldest text;
begin
  perform pg_advisory_xact_lock(hashtext('login_histories'));
  oldest := 'login_histories_' || to_char(
    date_trunc('month', now()) - greatest(keep_months, 1) * interval '1 month', 'YYYY_MM'
  );
  for partition in
    select c.relname
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.login_histories'::regclass
      and c.relname ~ '^login_histories_\d{4}_\d{2}$'
      and c.relname collate "C" < oldest collate "C"
    order by c.relname
  loop
    execute format('drop table public.%I', partition);
    return next partition;
  end loop;
end
$$;

select create_login_history_partitions(12);
