select id
from roles
where name = $1
for update
