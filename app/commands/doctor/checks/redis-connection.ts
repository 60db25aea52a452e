import type { RedisProblem } from '../probes/redis.ts';
import { type DoctorCheck, faultCheck } from './fault-check.ts';
import { type Stage, stageChecks } from './stages.ts';

const category = 'Redis: connection';

const reach: readonly Stage<RedisProblem>[] = [
  {
    problem: 'dns',
    id: 'redis-dns',
    title: 'the host name of Redis has an address',
    fix: 'Correct the host in REDIS_URL, or the DNS zone and the resolver of this network',
    documentation:
      'Usual causes are a typing error, the endpoint of a deleted cluster, and a private zone that is not attached to this network. For Sentinel and a cluster the doctor tries every server in the URL.',
  },
  {
    problem: 'refused',
    id: 'redis-refused',
    title: 'a server listens at the address of Redis',
    fix: 'Start Redis, or correct host and port in REDIS_URL; TLS often has a port of its own (6380)',
    documentation:
      'The machine answers and refuses the connection, in other clients `Error connecting to Redis`. Redis is stopped, listens on another port, or on its own loopback interface only (`bind`). In a container `localhost` is the container itself.',
  },
  {
    problem: 'silent',
    id: 'redis-silent',
    title: 'the address of Redis answers in time',
    fix: 'Allow the port of Redis from this network: security group, firewall, NetworkPolicy',
    documentation:
      'Nothing answers within three seconds: a firewall drops the packets. Managed servers of Redis have no public address, so the service must be in their network.',
  },
];

const tls: readonly Stage<RedisProblem>[] = [
  {
    problem: 'tls-wanted',
    id: 'redis-tls-wanted',
    title: 'REDIS_URL is rediss:// if Redis accepts TLS only',
    fix: 'Write rediss:// instead of redis://',
    documentation:
      'The server closes connections without TLS. Managed servers with encryption in transit, such as ElastiCache with an auth token, accept `rediss://` only.',
  },
  {
    problem: 'tls-offered',
    id: 'redis-tls-offered',
    title: 'Redis speaks TLS if REDIS_URL is rediss://',
    fix: 'Switch TLS on in the server, use its TLS port, or write redis:// (production then needs REDIS_TLS=off)',
    documentation:
      'The server answers in plain text (`ERR_SSL_WRONG_VERSION_NUMBER` in the log). Its TLS port is another one, or encryption in transit is off.',
  },
  {
    problem: 'tls-authority',
    id: 'redis-tls-authority',
    title: 'a known CA has signed the certificate of Redis',
    fix: 'Set REDIS_CA_FILE (or REDIS_CA) to the CA certificates of the provider',
    documentation:
      'Memorystore and many own servers have certificates of a private CA, and Heroku has self-signed ones, for which there is `REDIS_TLS=unverified` only.',
  },
  {
    problem: 'tls-name',
    id: 'redis-tls-name',
    title: 'the certificate of Redis is for the host name in the URL',
    fix: 'Use the name for which the certificate was issued, or issue one for this name',
    documentation:
      'The URL has an address or another name of the server. The nodes of a cluster and the sentinels tell clients addresses: set `cluster-announce-hostname` and `announce-hostnames`.',
  },
  {
    problem: 'tls-expiry',
    id: 'redis-tls-expiry',
    title: 'the certificate of Redis is valid today',
    fix: 'Renew the certificate of the server; check the clock of this machine',
    documentation:
      'The certificate has expired or is not valid yet. Redis reads a renewed file after `CONFIG SET tls-cert-file`.',
  },
];

const login: readonly Stage<RedisProblem>[] = [
  {
    problem: 'password',
    id: 'redis-password',
    title: 'Redis accepts the user and the password',
    fix: 'Correct user and password in REDIS_URL, percent-encoded; for sentinels REDIS_SENTINEL_PASSWORD',
    documentation:
      '`WRONGPASS` or `NOAUTH`. With a password and no user write `rediss://:PASSWORD@HOST`. A password that contains `@`, `/` or `#` must be percent-encoded.',
  },
  {
    problem: 'database',
    id: 'redis-database',
    title: 'the database number in REDIS_URL exists',
    fix: 'Remove the number at the end of REDIS_URL, or use one that the server has',
    documentation: 'The server has fewer databases than the number says. A cluster has database 0 only.',
  },
  {
    problem: 'cluster',
    id: 'redis-cluster',
    title: 'several servers in REDIS_URL are nodes of one cluster',
    fix: 'Write one URL, or the URLs of nodes whose cluster mode is on and whose slots are all assigned',
    documentation:
      'A list of URLs means a cluster. The servers answer that cluster mode is off, or that slots have no node. For one server with replicas use the primary endpoint, or Sentinel. One URL that leads to a node of a cluster needs nothing: the service finds that out.',
  },
  {
    problem: 'sentinel',
    id: 'redis-sentinel',
    title: 'sentinels are named by redis+sentinel:// and know the master',
    fix: 'Write redis+sentinel://HOST:26379,HOST:26379/NAME/0 with the name of the master that the sentinels know',
    documentation:
      'A sentinel answers commands of its own only, so the service cannot store anything there. docs/redis.md has the forms of the URL. `SENTINEL masters` shows the names.',
  },
  {
    problem: 'login',
    id: 'redis-login',
    title: 'the service can use Redis',
    fix: 'Correct what the message says; docs/redis.md, "What the log says", has the meaning of each error',
    documentation:
      'The server answers, and the first commands fail for a reason without a check of its own: it is loading its data, has too many clients, demands a client certificate (`REDIS_CERT`), or is no Redis.',
  },
];

export const redisConnectionChecks: readonly DoctorCheck[] = [
  faultCheck({
    id: 'redis-configured',
    category,
    title: 'the URL of Redis is configured',
    good: 'REDIS_URL is set, or the in-memory stand-in is enough',
    fix: 'Set REDIS_URL or REDIS_URL_FILE',
    documentation:
      'Replicas share rate limits and revocations by Redis, so production needs one. In development the service keeps this state in its memory.',
  }),
  faultCheck({
    id: 'redis-url',
    category,
    title: 'the URL of Redis has the right form',
    good: 'The URL has the right form, or is not set',
    fix: 'Write rediss://USER:PASSWORD@HOST:6379/0; docs/redis.md has the forms for a cluster and for Sentinel',
    documentation:
      'Accepted are `redis://`, `rediss://`, a comma list of these for a cluster, and `redis+sentinel://` or `rediss+sentinel://`. A cluster has no database but 0.',
  }),
  faultCheck({
    id: 'redis-url-encrypted',
    category,
    title: 'REDIS_URL uses TLS in production',
    good: 'It uses TLS, or nothing demands it',
    fix: 'Write rediss://, or set REDIS_TLS=off for a network that nobody else is in',
    documentation:
      'Without TLS, anybody on the path can read the password of Redis and change revocations. Production refuses `redis://` unless `REDIS_TLS=off` says that the network is trusted.',
  }),
  ...stageChecks(
    {
      category,
      absent: 'No usable URL of Redis is configured',
      probe: ({ redis }) => redis(),
    },
    [reach, tls, login],
    ['redis-configured', 'redis-url'],
  ),
];

/** Checks that ask Redis something need the last step, which needs the others. */
export const redisIds = login.map(({ id }) => id);
