select id, username
from public.users
where skeleton_version < $2
  and deleted_at is null
order by skeleton_version, id
limit $1
