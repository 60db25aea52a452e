select extract(epoch from now() - coalesce(
  (select ran_at from public.maintenance where name = $1),
  (select min(applied_at) from public.schema_migrations),
  now()
)) as seconds
