delete from public.user_roles
where user_id = $1
  and role_id not in (select value::integer from json_array_elements_text($2::text::json))
