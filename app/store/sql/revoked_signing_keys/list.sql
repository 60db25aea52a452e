select kid, revoked_at
from public.revoked_signing_keys
order by revoked_at, kid
