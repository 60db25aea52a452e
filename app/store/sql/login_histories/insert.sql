insert into public.login_histories (id, user_id, outcome, reason, ip, user_agent, session_id)
values ($1, $2, $3, $4, $5, $6, $7)
