-- The counter of the refresh that wrote ip and user_agent. A refresh by the release before writes neither of the three, so
-- its successor has another counter, and nothing is concluded from the older address.
alter table sessions add column client_counter integer;
