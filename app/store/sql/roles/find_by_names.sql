select id, name
from public.roles
where name in (select json_array_elements_text($1::text::json))
for key share
