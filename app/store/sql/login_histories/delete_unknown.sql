-- Attempts that belong to no user: their email was unknown.
select public.delete_unknown_login_attempts($1::integer, $2::integer) as deleted
