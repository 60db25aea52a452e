select count(*)::integer as active_sessions
from public.sessions
where idle_expires_at > now()
