select
  {{audit_columns}}
from public.audit_log
where actor_id = $4
  and ($5::text is null or action = $5)
  and (occurred_at, id) < (
    coalesce($2::timestamptz, 'infinity'),
    coalesce($3::bigint, 9223372036854775807)
  )
order by occurred_at desc, id desc
limit $1
