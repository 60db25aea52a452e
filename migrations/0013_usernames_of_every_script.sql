-- What usernames are compared by, which the service computes (app/store/usernames). The release before this one writes
-- none of these columns, and its names are ASCII: where they are null, queries and indexes compute both texts from the name.
alter table users
  add column username_key text collate "C",
  -- Two names have the same skeleton if a reader could take one for the other.
  add column username_skeleton text collate "C",
  add column skeleton_version smallint not null default 0,
  -- True for a name that looked like no other when it was chosen. Null if nobody has looked, or if another account has the
  -- skeleton, as accounts from before this migration may. The index of 0015 thus decides between simultaneous names.
  add column skeleton_is_unique boolean,
  drop constraint users_username_format,
  add constraint users_username_length check (
    char_length(username) between 2 and 32
    and octet_length(username) <= 128
    and username collate "C" !~ '[[:space:][:cntrl:]]'
  ) not valid;

-- The release before this one changes a username without these columns. A key of another name would remain.
create function forget_username_key() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.username_key := null;
  new.username_skeleton := null;
  new.skeleton_version := 0;
  new.skeleton_is_unique := null;
  return new;
end
$$;

-- A trigger runs its function without this right.
revoke all on function forget_username_key() from public;

create trigger users_forget_username_key
before update on users
for each row
when (
  new.username collate "C" ~ '^[A-Za-z0-9_.-]+$'
  and new.username_key <> lower(new.username collate "C")
)
execute function forget_username_key();
