-- Without a parameter the client sends the query in one message, and does not ask for its types first.
select pg_sleep(60)
