select
  {{audit_columns}}
from public.audit_log
where (occurred_at, id) < (
    coalesce($2::timestamptz, 'infinity'),
    coalesce($3::bigint, 9223372036854775807)
  )
order by occurred_at desc, id desc
limit $1
