select id, occurred_at, actor_id, action, target_type, target_id, detail, ip, request_id
from (
  (
    select id, occurred_at, actor_id, action, target_type, target_id, detail, ip, request_id
    from audit_log
    where actor_id = $1::uuid
    order by occurred_at desc
    limit $2
  )
  union
  (
    select id, occurred_at, actor_id, action, target_type, target_id, detail, ip, request_id
    from audit_log
    where target_type = 'user'
      and target_id = $1::uuid::text
    order by occurred_at desc
    limit $2
  )
) entries
order by occurred_at desc, id desc
limit $2
