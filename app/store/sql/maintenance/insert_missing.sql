insert into public.maintenance (name, ran_at)
select value, now()
from json_array_elements_text($1::text::json)
on conflict (name) do nothing
