{{user_columns}},
  u.password_hash,
  u.version,
  u.updated_at,
  u.password_changed_at,
  u.device_epoch,
  u.disabled_at
