select name, description, created_at, built_in
from public.roles
order by name
