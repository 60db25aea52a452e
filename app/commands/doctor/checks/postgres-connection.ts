import type { PostgresProblem } from '../probes/postgres.ts';
import { type DoctorCheck, faultCheck } from './fault-check.ts';
import { type Stage, stageChecks } from './stages.ts';

const category = 'Postgres: connection';

const reach: readonly Stage<PostgresProblem>[] = [
  {
    problem: 'dns',
    id: 'database-dns',
    title: 'the host name of Postgres has an address',
    fix: 'Correct the host in DB_PRIMARY_DB_URL, or the DNS zone and the resolver of this network',
    documentation:
      'Usual causes are a typing error in the name of the endpoint, a private DNS zone that is not attached to this network, and a Kubernetes Service in another namespace without its full name (`db.NAMESPACE.svc`). Compare with `getent hosts NAME` in the same container.',
  },
  {
    problem: 'refused',
    id: 'database-refused',
    title: 'a server listens at the address of Postgres',
    fix: 'Start Postgres, or correct host and port in DB_PRIMARY_DB_URL; check listen_addresses and port of the server',
    documentation:
      'The machine answers and refuses the connection (`ECONNREFUSED`, in older clients `could not connect to server: Connection refused`). Postgres is stopped, listens on another port, or listens on its own loopback interface only (`listen_addresses`). In a container `localhost` is the container itself.',
  },
  {
    problem: 'silent',
    id: 'database-silent',
    title: 'the address of Postgres answers in time',
    fix: 'Allow the port of Postgres from this network: security group, firewall, NetworkPolicy, authorized networks',
    documentation:
      'Nothing answers, neither yes nor no, within three seconds. That is nearly always a firewall that drops packets: a security group without the group of the service, a NetworkPolicy, an address list of the provider, or a route that is missing. A frozen server looks the same after the connection has been opened.',
  },
];

const tls: readonly Stage<PostgresProblem>[] = [
  {
    problem: 'tls-offered',
    id: 'database-tls-offered',
    title: 'Postgres offers the TLS that the configuration demands',
    fix: 'Switch TLS on in the server (ssl = on), or say sslmode=disable in the URL for a network that nobody else is in',
    documentation:
      'In production a URL without `sslmode` demands a verified server, and this server has no TLS. Managed servers offer TLS; a container of the official image does not unless it is configured.',
  },
  {
    problem: 'tls-authority',
    id: 'database-tls-authority',
    title: 'a known CA has signed the certificate of Postgres',
    fix: 'Set DB_CA_FILE (or DB_CA) to the CA certificates of the provider',
    documentation:
      'Managed databases have certificates of a CA of their provider, which is not among the public CAs (`SELF_SIGNED_CERT_IN_CHAIN`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`). Download the bundle of the provider and mount it. After a rotation of the CA, the bundle must contain the new one. `DB_TLS=unverified` accepts every server, also one in the middle.',
  },
  {
    problem: 'tls-name',
    id: 'database-tls-name',
    title: 'the certificate of Postgres is for the host name in the URL',
    fix: 'Use the name for which the certificate was issued, usually the endpoint that the provider shows',
    documentation:
      'The certificate is valid and names another host. Usual causes are an address or a CNAME of your own in the URL, and a tunnel or a proxy in between. `sslmode=verify-ca` verifies the CA without the name.',
  },
  {
    problem: 'tls-expiry',
    id: 'database-tls-expiry',
    title: 'the certificate of Postgres is valid today',
    fix: 'Renew the certificate of the server and reload it; check the clock of this machine',
    documentation:
      'The certificate has expired or is not valid yet. A server that reads a renewed file only after `pg_ctl reload` is the usual cause. If many certificates seem invalid, the clock of this machine is wrong.',
  },
];

const login: readonly Stage<PostgresProblem>[] = [
  {
    problem: 'tls-required',
    id: 'database-tls-required',
    title: 'Postgres accepts a connection without TLS, if the URL asks for one',
    fix: 'Remove sslmode=disable from the URL, and set DB_CA_FILE',
    documentation:
      'The URL says `sslmode=disable`, or this is a development environment, and the server accepts encrypted connections only (`no pg_hba.conf entry … no encryption`; `rds.force_ssl`). The doctor has tried TLS, and the server accepts it.',
  },
  {
    problem: 'password',
    id: 'database-password',
    title: 'Postgres accepts the user and the password',
    fix: 'Correct user and password in DB_PRIMARY_DB_URL; percent-encode special characters of the password',
    documentation:
      'SQLSTATE 28P01. Usual causes are a rotated password whose Secret was not updated, a password with `@`, `/`, `%` or `#` that is not percent-encoded, and a user of another server. The service reads a URL from a file again for every login, so an updated Secret needs no restart.',
  },
  {
    problem: 'access',
    id: 'database-access',
    title: 'Postgres lets this user connect from this address',
    fix: 'Add a line for the user and this network to pg_hba.conf, and grant connect on the database to the user',
    documentation:
      'SQLSTATE 28000 or 42501: no line of `pg_hba.conf` matches user, database and address, the role may not log in, or the role has no right to connect to the database.',
  },
  {
    problem: 'missing',
    id: 'database-missing',
    title: 'the database in the URL exists',
    fix: 'Create the database, or correct its name at the end of DB_PRIMARY_DB_URL',
    documentation:
      'SQLSTATE 3D000. Managed servers create a database only if a name was given when they were created. `create database authdb` makes an empty one; `auth-service migrate` makes its tables.',
  },
  {
    problem: 'connections',
    id: 'database-connections-free',
    title: 'Postgres has a free connection',
    fix: 'End idle sessions, lower DB_POOL_MAX, or raise max_connections',
    documentation:
      'SQLSTATE 53300, too many clients already. See `database-connection-budget` for what the service needs. The view `pg_stat_activity` shows who has the connections.',
  },
  {
    problem: 'starting',
    id: 'database-started',
    title: 'Postgres has finished its start',
    fix: 'Wait, and read the log of Postgres; a recovery after a crash can take minutes',
    documentation:
      'SQLSTATE 57P03, the database system is starting up, shutting down or in recovery. The service tries again by itself.',
  },
  {
    problem: 'transactions',
    id: 'database-transactions',
    title: 'a pooler in front of Postgres allows transactions',
    fix: 'Configure pool_mode=transaction or pool_mode=session in the pooler',
    documentation:
      'A pooler in statement mode gives each statement another session of Postgres and refuses transactions, which the service needs. docs/poolers.md has the modes of PgBouncer, RDS Proxy and Supavisor.',
  },
  {
    problem: 'login',
    id: 'database-login',
    title: 'the service can log in to Postgres',
    fix: 'Correct what the message says; docs/security.md, "TLS to Postgres and Redis", has every mode',
    documentation:
      'The login failed for a reason without a check of its own: an authentication method that the service does not answer (MD5, or a password in clear text without a verified certificate), a contradiction between `sslmode` and the CA, a server that is no Postgres, or a pooler that refuses the connection. The message is that of the service or of the server.',
  },
];

export const postgresConnectionChecks: readonly DoctorCheck[] = [
  faultCheck({
    id: 'database-configured',
    category,
    title: 'the URL of Postgres is configured',
    good: 'DB_PRIMARY_DB_URL is set, or the embedded Postgres is enough',
    fix: 'Set DB_PRIMARY_DB_URL or DB_PRIMARY_DB_URL_FILE',
    documentation:
      'Production needs a Postgres of its own. `DATABASE_URL` is another name of the variable. In development the service starts an embedded Postgres without it.',
  }),
  faultCheck({
    id: 'database-url',
    category,
    title: 'the URL of Postgres has the right form',
    good: 'The URL has the right form, or is not set',
    fix: 'Write postgresql://USER:PASSWORD@HOST:5432/DATABASE, with special characters percent-encoded',
    documentation:
      'The scheme is `postgresql://` or `postgres://`, with one host. Forms of other languages, such as `postgresql+asyncpg://` or JDBC, are refused. Of the parameters of libpq for TLS and the address only `sslmode`, `sslrootcert` and `host` are supported.',
  }),
  ...stageChecks(
    {
      category,
      absent: 'No usable URL of Postgres is configured',
      probe: ({ postgres }) => postgres(),
    },
    [reach, tls, login],
    ['database-configured', 'database-url'],
  ),
];

/** Checks that ask Postgres something need the last step, which needs the others. */
export const databaseIds = login.map(({ id }) => id);
