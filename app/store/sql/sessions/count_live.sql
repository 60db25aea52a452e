select count(*)::integer as live
from sessions
where idle_expires_at > now()
