-- Backups that `auth-service backup` has completed, so that the service can report how old the last one is. The owner of
-- the tables writes the rows. After a restore the rows are older than the backup, which is what an alert should see.
create table backups (
  name text collate "C" primary key,
  snapshot_at timestamptz(3) not null,
  finished_at timestamptz(3) not null default now(),
  size_bytes bigint not null,
  row_count bigint not null,
  target text not null,
  encryption text not null,
  constraint backups_target check (target in ('folder', 'rclone'))
);

create index backups_snapshot_at_idx on backups (snapshot_at);
