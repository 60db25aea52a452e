-- Who acted and how, in which session, with what outcome, and what changed. The previous release still inserts with the
-- columns that it knows: a row without actor_type is one of that release.
alter table audit_log
  add column actor_type text,
  add column session_id uuid,
  add column outcome text not null default 'success',
  add column old_values jsonb not null default '{}',
  add column new_values jsonb not null default '{}',
  add constraint audit_log_actor_type check (actor_type in ('user', 'reset_token', 'command_line', 'system')),
  add constraint audit_log_outcome check (outcome in ('success', 'refused'));
