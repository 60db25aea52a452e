with deleted as (
  delete from password_resets
  returning user_id
)
select count(*)::integer as deleted
from deleted
