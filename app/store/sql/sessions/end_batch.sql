-- Ends up to $3 active sessions that were opened more than $2 milliseconds ago. Ended sessions leave the range of the index, so the next call
-- starts with the next session. Locked rows are not skipped: a session that is being refreshed must end too.
update public.sessions
set ended_at = now(),
  end_cause = $1,
  idle_expires_at = least(date_trunc('milliseconds', now()), expires_at)
where id = any (array(
    select id
    from public.sessions
    where idle_expires_at > now()
      and ended_at is null
      and created_at <= now() - $2::float8 * interval '1 millisecond'
    order by idle_expires_at
    limit $3
    for update
  ))
returning id
