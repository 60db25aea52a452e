select built_in
from roles
where name = $1
