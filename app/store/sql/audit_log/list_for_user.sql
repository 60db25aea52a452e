select
  id,
  occurred_at,
  actor_type,
  actor_id,
  session_id,
  action,
  outcome,
  target_type,
  target_id,
  old_values,
  new_values,
  detail,
  ip,
  request_id
from (
  (
    select
      {{audit_columns}}
    from public.audit_log
    where actor_id = $4::uuid
      and (occurred_at, id) < (
        coalesce($2::timestamptz, 'infinity'),
        coalesce($3::bigint, 9223372036854775807)
      )
    order by occurred_at desc, id desc
    limit $1
  )
  union
  (
    select
      {{audit_columns}}
    from public.audit_log
    where target_type = 'user'
      and target_id = $4::uuid::text
      and (occurred_at, id) < (
        coalesce($2::timestamptz, 'infinity'),
        coalesce($3::bigint, 9223372036854775807)
      )
    order by occurred_at desc, id desc
    limit $1
  )
) entries
order by occurred_at desc, id desc
limit $1
