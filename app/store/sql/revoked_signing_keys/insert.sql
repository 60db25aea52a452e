insert into public.revoked_signing_keys (kid)
values ($1)
on conflict (kid) do nothing
returning kid
