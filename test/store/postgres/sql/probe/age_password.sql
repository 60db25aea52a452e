update users
set
  password_changed_at = now() - interval '10 years',
  created_at = now() - interval '10 years'
where id = $1
