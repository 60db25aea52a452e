select count(*)::integer as active_sessions
from sessions
where idle_expires_at > now()
