delete from roles
where id = $1
