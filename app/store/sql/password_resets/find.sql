select user_id, created_by
from public.password_resets
where token_hash = $1
  and expires_at > now()
