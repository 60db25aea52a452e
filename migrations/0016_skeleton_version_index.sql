-- For the purge, which computes skeletons of an older version again.
create index concurrently users_skeleton_version_idx on users (skeleton_version, id) where deleted_at is null;
