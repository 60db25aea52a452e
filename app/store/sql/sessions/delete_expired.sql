with deleted as (
  delete from public.sessions
  where id = any (array(
    select id
    from public.sessions
    where idle_expires_at < now() - interval '1 day'
    order by idle_expires_at
    limit $1
    for update skip locked
  ))
  returning id
)
select count(*)::integer as deleted
from deleted
