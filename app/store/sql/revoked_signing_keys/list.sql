select kid, revoked_at
from revoked_signing_keys
order by revoked_at, kid
