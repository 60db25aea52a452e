select extract(epoch from coalesce(
  (select max(snapshot_at) from public.backups),
  (select min(applied_at) from public.schema_migrations),
  now()
))::float8 as seconds
