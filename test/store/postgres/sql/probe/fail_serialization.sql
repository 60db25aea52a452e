do $$ begin raise exception 'again' using errcode = '40001'; end $$
