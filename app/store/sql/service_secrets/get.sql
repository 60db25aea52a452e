select value
from service_secrets
where name = $1
