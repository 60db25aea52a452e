insert into public.user_roles (user_id, role_id)
select $1, value::integer
from json_array_elements_text($2::text::json)
on conflict do nothing
