-- Reads all accounts and blocks neither reads nor changes of them. 0013, which blocks both, did not wait for it.
alter table users validate constraint users_username_length;
