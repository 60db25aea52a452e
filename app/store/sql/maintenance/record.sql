insert into public.maintenance (name, ran_at)
values ($1, now())
on conflict (name) do update
set ran_at = excluded.ran_at
returning ran_at
