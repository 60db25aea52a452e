coalesce(u.username_key, lower(u.username collate "C"))
