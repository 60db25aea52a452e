delete from public.roles
where id = $1
