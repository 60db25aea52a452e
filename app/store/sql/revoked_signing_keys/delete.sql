delete from public.revoked_signing_keys
where kid = $1
returning kid
