-- Every comparison and search of usernames uses this index. A later release drops users_username_lower_key.
create unique index concurrently users_username_comparison_key
on users (coalesce(username_key, lower(username collate "C")))
where deleted_at is null;
