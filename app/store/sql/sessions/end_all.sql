-- A reset token that was handed out before must not open the account again.
with voided as (
  delete from public.password_resets
  where user_id = $1
)
-- Truncated, because the column rounds to milliseconds and count_active must not see a time in the future.
update public.sessions
set ended_at = now(),
  end_cause = $2,
  idle_expires_at = least(date_trunc('milliseconds', now()), expires_at)
where user_id = $1
  and ($3::uuid is null or id <> $3)
  and ended_at is null
  and idle_expires_at > now()
returning id
