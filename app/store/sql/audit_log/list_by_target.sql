select
  {{audit_columns}}
from public.audit_log
where target_type = $4
  and target_id = $5
  and ($6::uuid is null or actor_id = $6)
  and ($7::text is null or action = $7)
  and (occurred_at, id) < (
    coalesce($2::timestamptz, 'infinity'),
    coalesce($3::bigint, 9223372036854775807)
  )
order by occurred_at desc, id desc
limit $1
