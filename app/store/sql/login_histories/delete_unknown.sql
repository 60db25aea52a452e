-- Attempts that belong to no user: their email was unknown.
with old as (
  select occurred_at, id
  from login_histories
  where user_id is null
    and occurred_at < now() - $1::integer * interval '1 day'
  limit $2
), deleted as (
  delete from login_histories h
  using old
  where h.occurred_at = old.occurred_at
    and h.id = old.id
    -- Leaves out the partitions of later months.
    and h.occurred_at < now() - $1::integer * interval '1 day'
  returning h.id
)
select count(*)::integer as deleted
from deleted
