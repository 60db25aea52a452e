select
  wanted.id as user_id,
  last.occurred_at
from (
  select value::uuid as id
  from json_array_elements_text($1::text::json)
) wanted
cross join lateral (
  select h.occurred_at
  from public.login_histories h
  where h.user_id = wanted.id
    and h.outcome = 'success'
  order by h.occurred_at desc
  limit 1
) last
