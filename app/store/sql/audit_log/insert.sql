insert into audit_log (actor_id, action, target_type, target_id, detail, ip, request_id)
values ($1, $2, $3, $4, $5::text::jsonb, $6, $7)
