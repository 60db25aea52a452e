/**
 * One line for each rule, as the program itself writes it: Postgres 15, PgBouncer, Redis 7, Node.js 20, kubectl, nginx, Chrome
 * and the lines that the deployment guide shows.
 */
export const logSamples: Readonly<Record<string, string>> = {
  'requests-failed':
    '{"level":"error","time":"2026-11-27T10:00:00.000Z","service":"auth-service","event":"request","method":"POST","status":503,"durationMs":3001}',
  'service-schema-behind': 'the database lacks migrations of this version: run the command migrate first',
  'service-schema-changed': 'applied migrations were changed: 0001_init.sql',
  'service-migration-lock':
    'another migration is running: this one waited 600 s for advisory lock 1635087464, which process 42 (role owner) has.',
  'service-migration-failed':
    'migration 0013_username_keys.sql was aborted: it waited for AccessExclusiveLock on users, which process 42 has',
  'service-cors': '  - CORS_ALLOWED_ORIGINS must be a JSON array of origins as browsers send them',
  'service-hosts': '  - ALLOWED_HOSTS is required in production: a comma list of host names, or * for any',
  'service-key-pair': '  - JWT_PUBLIC_KEY_PATH (or JWT_PUBLIC_KEY) does not belong to the private key',
  'service-key-algorithm':
    '  - JWT_PRIVATE_KEY_PATH (or JWT_PRIVATE_KEY) must contain an RSA key, as JWT_ALGORITHM RS256 requires',
  'service-keys':
    '  - JWT_PRIVATE_KEY_PATH (or JWT_PRIVATE_KEY) is required in production: a generated key is for development',
  'service-database-url':
    '  - DB_PRIMARY_DB_URL is required in production: the embedded Postgres is for development',
  'service-redis-url':
    '  - REDIS_URL must be a redis://, rediss://, redis+sentinel:// or rediss+sentinel:// URL',
  'service-variable':
    '  - ACCESS_TOKEN_TTL must be a duration such as 500ms, 3s, 15m, 12h or 30d, from 1s to 30d',
  'service-configuration': 'configuration is not usable:',
  'postgres-password':
    '2026-11-27 10:00:00.000 UTC [42] FATAL:  password authentication failed for user "auth"',
  'postgres-tls-required':
    'FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "auth", database "auth", no encryption',
  'postgres-access':
    'FATAL:  no pg_hba.conf entry for host "10.0.0.7", user "auth", database "auth", SSL encryption',
  'postgres-missing': 'FATAL:  database "authdb" does not exist',
  'postgres-connections': 'FATAL:  sorry, too many clients already',
  'postgres-starting': 'FATAL:  the database system is starting up',
  'postgres-read-only': 'ERROR:  cannot execute INSERT in a read-only transaction',
  'postgres-disk': 'ERROR:  could not extend file "base/16384/16396": No space left on device',
  'postgres-rights': 'ERROR:  permission denied for table users',
  'postgres-relation': 'ERROR:  relation "public.users" does not exist at character 15',
  'postgres-deadlock': 'ERROR:  deadlock detected',
  'postgres-timeout': 'ERROR:  canceling statement due to statement timeout',
  'postgres-statement': 'ERROR:  prepared statement "p1" does not exist',
  'postgres-parameter': 'FATAL: unsupported startup parameter: statement_timeout',
  'postgres-no-tls': 'error: server does not support SSL, but SSL was required',
  'postgres-unreachable': 'sqlalchemy.exc.OperationalError: could not connect to server',
  'postgres-closed': 'server closed the connection unexpectedly',
  'redis-wrongpass': 'ReplyError: WRONGPASS invalid username-password pair or user is disabled.',
  'redis-noperm': `ReplyError: NOPERM this user has no permissions to run the 'eval' command`,
  'redis-clusterdown': 'ReplyError: CLUSTERDOWN Hash slot not served',
  'redis-moved': 'ReplyError: MOVED 3999 127.0.0.1:6381',
  'redis-oom': `ReplyError: OOM command not allowed when used memory > 'maxmemory'.`,
  'redis-misconf':
    'ReplyError: MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.',
  'redis-readonly': `ReplyError: READONLY You can't write against a read only replica.`,
  'redis-loading': 'ReplyError: LOADING Redis is loading the dataset in memory',
  'redis-clients': 'ReplyError: ERR max number of clients reached',
  'redis-unreachable': 'redis.exceptions.ConnectionError: Error connecting to Redis',
  'tls-expired': `Error: certificate has expired { code: 'CERT_HAS_EXPIRED' }`,
  'tls-name': `code: 'ERR_TLS_CERT_ALTNAME_INVALID',`,
  'tls-authority': 'Error: self-signed certificate in certificate chain',
  'tls-plain': 'Error: 140B:error:0A00010B:SSL routines:ssl3_get_record:wrong version number',
  'name-unknown': 'Error: getaddrinfo ENOTFOUND db.example.com',
  'connection-refused': 'Error: connect ECONNREFUSED 10.0.0.1:4318',
  'connection-silent': 'Error: connect ETIMEDOUT 10.0.0.1:443',
  'connection-reset': 'Error: read ECONNRESET',
  'port-in-use': 'Error: listen EADDRINUSE: address already in use :::8000',
  'file-access': `Error: EACCES: permission denied, open '/keys/private.pem'`,
  descriptors: 'Error: accept EMFILE',
  'disk-full': 'Error: ENOSPC: no space left on device, write',
  heap: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  'kubernetes-oom': '      Reason:       OOMKilled',
  'exit-configuration': '      Exit Code:    78',
  'exit-killed': '      Exit Code:    137',
  'exit-terminated': 'auth-service-1 exited with code 143',
  'kubernetes-crash-loop': 'auth-service-7d9f   0/1     CrashLoopBackOff   7 (2m ago)   14m',
  'kubernetes-image': '  Warning  Failed     2m    kubelet            Error: ErrImagePull',
  'kubernetes-secret':
    '  Warning  Failed     2m    kubelet            Error: secret "auth-secrets" not found',
  'kubernetes-mount': '  Warning  FailedMount  2m  kubelet  MountVolume.SetUp failed for volume "keys"',
  'kubernetes-scheduling':
    '  Warning  FailedScheduling  2m  default-scheduler  0/3 nodes are available: 3 Insufficient cpu.',
  'kubernetes-readiness':
    '  Warning  Unhealthy  2m  kubelet  Readiness probe failed: HTTP probe failed with statuscode: 503',
  'kubernetes-liveness':
    '  Warning  Unhealthy  2m  kubelet  Liveness probe failed: context deadline exceeded',
  'kubernetes-evicted': 'auth-service-7d9f   0/1     Evicted   0   14m',
  'nginx-refused':
    '2026/11/27 10:00:00 [error] 7#7: *1 connect() failed (111: Connection refused) while connecting to upstream',
  'nginx-timeout':
    '2026/11/27 10:00:00 [error] 7#7: *1 upstream timed out (110: Connection timed out) while reading response header',
  'nginx-no-upstream': '2026/11/27 10:00:00 [error] 7#7: *1 no live upstreams while connecting to upstream',
  'nginx-closed':
    '2026/11/27 10:00:00 [error] 7#7: *1 upstream prematurely closed connection while reading response header',
  'nginx-header':
    '2026/11/27 10:00:00 [error] 7#7: *1 upstream sent too big header while reading response header',
  'nginx-certificate': '2026/11/27 10:00:00 [crit] 7#7: *1 SSL_do_handshake() failed (SSL: error:0A000076)',
  'cors-blocked': 'Access to XMLHttpRequest has been blocked by CORS policy',
  'token-invalid': '401 Unauthorized: Invalid token',
};
