-- Of rows with one skeleton, one at most has true in the second column, and any number has null.
create unique index concurrently users_username_skeleton_key
on users (
  coalesce(username_skeleton, replace(translate(lower(username collate "C"), '01i', 'oll'), 'm', 'rn')),
  skeleton_is_unique
)
where deleted_at is null;
