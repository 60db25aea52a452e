select name, ran_at
from public.maintenance
where starts_with(name collate "C", $1)
order by ran_at, name collate "C"
