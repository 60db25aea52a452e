-- An ended session stays for a day, and a thief can make tens of thousands of those: whoever asks for a user's living
-- sessions must not read past them.
create index concurrently sessions_living_idx on sessions (user_id, created_at desc, id desc) where ended_at is null;
