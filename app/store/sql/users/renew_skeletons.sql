-- A name stays as it is, whatever it looks like by the new rules. Of names that now look alike, the first keeps its
-- skeleton for itself; no new name may have it in any case. A name that was changed meanwhile is left out.
with renewed as (
  select
    id, username, username_key, username_skeleton,
    row_number() over (partition by username_skeleton order by id) = 1 as is_first
  from jsonb_to_recordset($1::text::jsonb) as computed (
    id uuid, username text, username_key text, username_skeleton text
  )
)
update public.users
set username_key = renewed.username_key,
  username_skeleton = renewed.username_skeleton,
  skeleton_version = $2,
  skeleton_is_unique = case
    when renewed.is_first and not exists (
      select
      from public.users u
      where {{username_skeleton}} = renewed.username_skeleton
        and u.skeleton_is_unique
        and u.id <> renewed.id
        and u.deleted_at is null
    ) then true
  end
from renewed
where users.id = renewed.id
  and users.username = renewed.username
  and users.skeleton_version < $2
  and users.deleted_at is null
