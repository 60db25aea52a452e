import type { Fixture } from './fixture.ts';

const compose = 'docker-compose.prod.yml';

export const composeFixtures: readonly Fixture[] = [
  {
    title: 'an image without a version',
    file: compose,
    from: 'image: nginx:1.28.0',
    to: 'image: nginx:latest',
    finding:
      'docker-compose.prod.yml: container nginx: the image nginx:latest must name a version, because a later start would run another one [image-version]',
  },
  {
    title: 'a root that can be written',
    file: compose,
    from: /(\n {2}auth-service:\n[^\n]*\n[^\n]*\n) {4}read_only: true\n/,
    to: '$1',
    finding: 'docker-compose.prod.yml: container auth-service: read_only must be true [confined]',
  },
  {
    title: 'another user',
    file: compose,
    from: /(\n {2}auth-service:\n[^\n]*\n) {4}user: [^\n]*/,
    to: '$1    user: 1000:1000',
    finding:
      'docker-compose.prod.yml: container auth-service: user must be 10001:10001, who may read the secrets [user]',
  },
  {
    title: 'a grace period that is too short',
    file: compose,
    from: 'stop_grace_period: 40s',
    to: 'stop_grace_period: 30s',
    finding:
      'docker-compose.prod.yml: container auth-service-2: stop_grace_period 30s must exceed DRAIN_DELAY + SHUTDOWN_TIMEOUT, 30s, or Docker kills the service while it answers [stop-grace]',
  },
  {
    title: 'a replica that nobody starts again',
    file: compose,
    from: 'restart: unless-stopped',
    to: 'restart: "no"',
    finding:
      'docker-compose.prod.yml: container auth-service-2: restart must be unless-stopped, or a crash is an outage until somebody notices it [restart]',
  },
  {
    title: 'a log without a limit',
    file: compose,
    from: /(\n {2}nginx:[\s\S]*?)\n {6}options:\n[^\n]*\n[^\n]*/,
    to: '$1\n      options: {}',
    finding:
      'docker-compose.prod.yml: container nginx: logging needs max-size and max-file, or its log fills the disk [log-rotation]',
  },
  {
    title: 'no health check',
    file: compose,
    from: /(\n {2}nginx:[\s\S]*?)\n {6}test:(\n {8}- [^\n]*)+/,
    to: '$1\n      test: []',
    finding:
      'docker-compose.prod.yml: container nginx: healthcheck is missing, so that a deployment does not wait for the container [health]',
  },
  {
    title: 'no memory limit',
    file: compose,
    from: /(\n {2}auth-service:[\s\S]*?)\n {4}mem_limit: 512m/,
    to: '$1',
    finding:
      'docker-compose.prod.yml: container auth-service: mem_limit is missing, and the limits of the service depend on it [limits]',
  },
  {
    title: 'a replica that does not wait for the migration',
    file: compose,
    from: 'condition: service_completed_successfully',
    to: 'condition: service_started',
    finding:
      'docker-compose.prod.yml: container auth-service-2: depends_on must wait until migrate is service_completed_successfully [migrated-first]',
  },
  {
    title: 'another network of Docker',
    file: compose,
    from: 'gateway: 172.30.10.1',
    to: 'gateway: 172.30.10.9',
    finding:
      'docker-compose.prod.yml: container auth-service: TRUSTED_PROXIES must contain 172.30.10.9/32, from where nginx connects, or all clients have one address [trusted-proxies]',
  },
  {
    title: 'a published port',
    file: compose,
    from: '\n  auth-service:\n',
    to: '\n  auth-service:\n    ports: ["8000:8000"]\n',
    finding:
      'docker-compose.prod.yml: container auth-service: ports must be empty: Docker opens a published port in front of the firewall of the machine [no-ports]',
  },
  {
    title: 'a password in the file',
    file: compose,
    from: 'REDIS_URL_FILE: /run/secrets/redis-url',
    to: 'REDIS_URL: rediss://:0123456789abcdef@redis.example.com:6379',
    finding:
      'docker-compose.prod.yml: container auth-service-2: REDIS_URL must not be in the file: use REDIS_URL_FILE and a secret [secrets-as-files]',
  },
  {
    title: 'a secret that the container does not get',
    file: compose,
    from: /\n {6}- db-url\n {6}- redis-url/,
    to: '\n      - db-url',
    finding:
      'docker-compose.prod.yml: container auth-service-2: REDIS_URL_FILE reads /run/secrets/redis-url, and secrets does not contain redis-url [secrets-as-files]',
  },
  {
    title: 'a line that is no YAML',
    file: compose,
    from: 'services:\n',
    to: 'services: [\n',
    finding: '[compose-syntax]',
  },
];
