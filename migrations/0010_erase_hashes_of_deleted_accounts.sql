-- A deleted account cannot log in, so its password hash serves only a thief of the database.

-- The release before this one leaves the hash behind, and its pods still run. For them the trigger erases it.
create function erase_hash_of_deleted_account() returns trigger
language plpgsql
set search_path = public, pg_temp
as $$
begin
  new.password_hash := '';
  return new;
end
$$;

-- A trigger runs its function whoever may execute it.
revoke all on function erase_hash_of_deleted_account() from public;

-- Every deletion locks this row first, so none is missed between the update and the trigger. Logins go on meanwhile:
-- the trigger, whose lock stops all changes of accounts, comes last. "no key": grants of the role refer to this row.
select id
from roles
where name = 'admin'
for no key update;

update users
set password_hash = ''
where deleted_at is not null;

create trigger users_erase_hash_of_deleted_account
before insert or update on users
for each row
when (new.deleted_at is not null)
execute function erase_hash_of_deleted_account();
