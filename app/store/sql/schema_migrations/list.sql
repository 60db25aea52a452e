select name
from public.schema_migrations
