-- Signing keys whose tokens no replica accepts. Rows stay: a key that somebody configures again stays refused. The table
-- contains no foreign key and no key material; kid is the id in the header of a token.
create table revoked_signing_keys (
  kid text collate "C" primary key,
  revoked_at timestamptz(3) not null default now(),
  constraint revoked_signing_keys_kid check (kid ~ '^[A-Za-z0-9_-]{16}([A-Za-z0-9_-]{27})?$')
);
