insert into public.roles (name, description)
values ($1, $2)
returning name, description, created_at, built_in
