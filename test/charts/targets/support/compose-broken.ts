type Broken = readonly [title: string, from: string, to: string, ...lines: string[]];

/** The check of the first container. */
const healthcheck = `      interval: 3s
      timeout: 3s
      retries: 10
      start_period: 60s
    cap_drop:`;

/** What the schema refuses: the good file with one change, and what the operator reads then. */
const malformed: readonly Broken[] = [
  [
    'a misspelt key of a check',
    healthcheck,
    healthcheck.replace('start_period', 'start_perod'),
    'services.auth-service.healthcheck.start_period: is required [schema]',
    'services.auth-service.healthcheck.start_perod: is not a known field [schema]',
  ],
  [
    'a time without a unit',
    healthcheck,
    healthcheck.replace('interval: 3s', 'interval: "3"'),
    'services.auth-service.healthcheck.interval: must be a duration such as 3s or 1m30s [schema]',
  ],
  [
    'a check that is no command',
    '        - CMD\n        - redis-cli',
    '        - redis-cli',
    'services.auth-redis.healthcheck.test: must begin with CMD or CMD-SHELL [schema]',
  ],
  [
    'a port without an address, which Docker publishes on every address',
    '- 127.0.0.1:5432:5432',
    '- "5432:5432"',
    'services.auth-db.ports[0]: must be ADDRESS:PORT:PORT [schema]',
  ],
  [
    'a variable that YAML reads as a number',
    'PORT: "8000"',
    'PORT: 8000',
    'services.auth-service.environment.PORT: must be text [schema]',
  ],
  [
    'an unknown condition',
    '      auth-redis:\n        condition: service_healthy',
    '      auth-redis:\n        condition: healthy',
    'services.auth-service.depends_on.auth-redis.condition: must be service_started, service_healthy or service_completed_successfully [schema]',
  ],
  [
    'a mount that creates its source',
    '        source: ./migrations\n        target: /srv/auth/migrations\n        read_only: true\n        bind:\n          create_host_path: false',
    '        source: ./migrations\n        target: /srv/auth/migrations\n        read_only: true\n        bind:\n          create_host_path: true',
    'services.auth-service.volumes[1].bind.create_host_path: must be one of false [schema]',
  ],
  [
    'an unknown section',
    'volumes:\n  auth-data: {}',
    'secret: {}\nvolumes:\n  auth-data: {}',
    'secret: is not a known field [schema]',
  ],
];

/** What the rules refuse. */
const wrong: readonly Broken[] = [
  [
    'a database on every address of the machine',
    '- 127.0.0.1:5432:5432',
    '- 0.0.0.0:5432:5432',
    'service auth-db: 0.0.0.0:5432:5432 is published on 0.0.0.0; use 127.0.0.1, because the credentials are public [loopback]',
  ],
  [
    'a port that two services publish',
    '- 127.0.0.1:8080:8080',
    '- 127.0.0.1:8000:8080',
    'service kong: port 8000 is published by auth-service as well [port]',
  ],
  [
    'a dependency that does not exist',
    '      auth-redis:\n        condition: service_healthy',
    '      redis:\n        condition: service_healthy',
    'service auth-service: depends on redis, which does not exist [dependency]',
  ],
  [
    'a dependency that runs only in a profile',
    '      auth-redis:\n        condition: service_healthy',
    '      prometheus:\n        condition: service_healthy',
    'service auth-service: depends on prometheus, which only runs in the profile monitoring [dependency]',
  ],
  [
    'a wait for a service without a check',
    '    healthcheck:\n      test:\n        - CMD\n        - redis-cli\n        - ping\n      interval: 3s\n      timeout: 3s\n      retries: 10\n      start_period: 60s\n',
    '',
    'service auth-service: waits for auth-redis to be healthy, which has no healthcheck [dependency]',
  ],
  [
    'a mount of the whole project',
    'source: ./app\n        target: /srv/auth/app',
    'source: ./app\n        target: /srv/auth',
    'service auth-service: a mount on /srv/auth hides node_modules of the image [mount]',
  ],
  [
    'a volume that is not declared',
    '        source: db-data',
    '        source: database',
    'service auth-db: the volume database is not declared under volumes [volume]',
    'volumes: db-data is not used by any service [volume]',
  ],
  [
    'a file that nobody writes',
    './deploy-out/compose/prometheus.yml',
    './deploy-out/compose/prometheus.yaml',
    'service prometheus: mounts ./deploy-out/compose/prometheus.yaml, which synth does not write [mount]',
  ],
  [
    'an image without a version',
    'image: redis:7.4.9',
    'image: redis:latest',
    'service auth-redis: the image redis:latest names no version, such as 16.14 [image]',
  ],
  [
    'a variable with a lone dollar sign',
    `LOG_LEVEL: \${LOG_LEVEL:-debug}`,
    'LOG_LEVEL: $LOG_LEVEL',
    `service auth-service: LOG_LEVEL must be \${NAME:-default}; write $$ for a dollar sign [interpolation]`,
  ],
  [
    'a URL that leads to localhost, which is the container itself',
    'REDIS_URL: redis://auth-redis:6379',
    'REDIS_URL: redis://localhost:6379',
    'service auth-service: REDIS_URL leads to localhost, which is no service of this file [host]',
  ],
];

export const brokenCompose: readonly Broken[] = [...malformed, ...wrong];
