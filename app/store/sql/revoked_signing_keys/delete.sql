delete from revoked_signing_keys
where kid = $1
returning kid
