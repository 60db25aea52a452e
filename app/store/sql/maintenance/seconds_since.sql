select extract(epoch from now() - coalesce(
  (select ran_at from maintenance where name = $1),
  (select min(applied_at) from schema_migrations),
  now()
))::double precision as seconds
