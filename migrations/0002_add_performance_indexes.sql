-- Plain `create index` is right here: this runs directly after 0001, on empty tables.
create index users_created_at_idx on users (created_at desc, id desc) where deleted_at is null;

create index user_roles_role_id_idx on user_roles (role_id, user_id);

create index sessions_user_id_idx on sessions (user_id, created_at desc);

-- For the purge and for counting the live ones.
create index sessions_idle_expires_at_idx on sessions (idle_expires_at);

create index login_histories_user_id_idx on login_histories (user_id, occurred_at desc, id desc);

create index audit_log_actor_id_idx on audit_log (actor_id, occurred_at desc);
create index audit_log_target_idx on audit_log (target_type, target_id, occurred_at desc);

create index password_resets_expires_at_idx on password_resets (expires_at);
