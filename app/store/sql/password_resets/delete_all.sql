with deleted as (
  delete from public.password_resets
  returning user_id
)
select count(*)::integer as deleted
from deleted
