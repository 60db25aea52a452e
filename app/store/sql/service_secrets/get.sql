select value
from public.service_secrets
where name = $1
