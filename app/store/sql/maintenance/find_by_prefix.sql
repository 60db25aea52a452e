select name, ran_at
from maintenance
where starts_with(name, $1)
order by ran_at, name
