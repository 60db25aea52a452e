insert into public.audit_log (
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
)
values ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9::text::jsonb, $10::text::jsonb, $11, $12)
