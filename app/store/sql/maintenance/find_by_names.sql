select name, ran_at
from public.maintenance
where name in (select json_array_elements_text($1::text::json))
