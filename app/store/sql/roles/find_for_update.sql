select id, built_in
from roles
where name = $1
for update
