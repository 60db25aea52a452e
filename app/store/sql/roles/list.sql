select name, description, created_at, built_in
from roles
order by name
