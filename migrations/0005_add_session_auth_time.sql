-- When the user of the session last proved the password (OpenID Connect calls it auth_time). A session from before this
-- migration has none: its login was the proof, so queries read created_at instead. The default comes in a statement of its
-- own. It then applies to new rows only, also to those of the previous release, and no row is rewritten.
alter table sessions add column auth_time timestamptz(3);
alter table sessions alter column auth_time set default now();
