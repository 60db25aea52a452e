select user_id
from password_resets
where token_hash = $1
  and expires_at > now()
