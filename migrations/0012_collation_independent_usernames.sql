-- Usernames are unique whatever the collation of the database is. The index before this one compares lower(username) by the
-- rules of the database: in Turkish the lower case of I is not i, so Istanbul and istanbul were two accounts.

-- Logins, refreshes and token checks go on, because they change no account. Registrations and changes of accounts wait.
lock table users in share row exclusive mode;

-- The index is the check for duplicates. Queries of the release before this one use the old index, so a later release drops
-- that one.
--
-- The oldest account of several with one name keeps it. Each of the others gets the first free number behind its name, and a
-- row in the audit log. Nobody logs in with a username, so nobody is locked out.
do $$
declare
  create_index constant text :=
    'create unique index users_username_lower_key on users (lower(username collate "C")) where deleted_at is null';
  account record;
  number integer;
  renamed text;
begin
  begin
    execute create_index;
    return;
  exception
    when unique_violation then null;
  end;
  for account in
    select id, username
    from (
      select
        id,
        username,
        created_at,
        row_number() over (partition by lower(username collate "C") order by created_at, id) as place
      from users
      where deleted_at is null
    ) named
    where place > 1
    order by created_at, id
  loop
    number := 1;
    loop
      number := number + 1;
      renamed := left(account.username, 31 - length(number::text)) || '-' || number;
      exit when not exists (
        select
        from users
        where deleted_at is null
          and lower(username collate "C") = lower(renamed collate "C")
      );
    end loop;
    update users
    set username = renamed,
      updated_at = now(),
      version = version + 1
    where id = account.id;
    insert into audit_log (actor_type, action, target_type, target_id, old_values, new_values)
    values (
      'system', 'user.update', 'user', account.id,
      jsonb_build_object('username', account.username), jsonb_build_object('username', renamed)
    );
  end loop;
  execute create_index;
end
$$;
