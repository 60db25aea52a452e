-- Truncated, because the column rounds to milliseconds and count_active must not see a time in the future.
update public.sessions
set ended_at = now(),
  end_cause = $3,
  idle_expires_at = least(date_trunc('milliseconds', now()), expires_at)
where id = $1
  and ($2::uuid is null or user_id = $2)
  and ended_at is null
  and idle_expires_at > now()
returning user_id
