with deleted as (
  delete from public.password_resets
  where expires_at < now()
  returning user_id
)
select count(*)::integer as deleted
from deleted
