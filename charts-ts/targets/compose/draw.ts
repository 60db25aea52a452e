import { names, ports, probePaths } from '../../names.ts';
import { bytes, millicpu } from '../../values/formats.ts';
import { configPath, kongSettings } from '../kong/settings.ts';
import type { ComposeDocument, ComposeService } from './document.ts';
import { database, dataFolder, environmentOf, folder, gateway, redis } from './environment.ts';
import { images } from './images.ts';
import type { ComposeValues } from './values.ts';

/** The folder of the files that the containers mount, from the root of the project. */
export const outputFolder = './deploy-out/compose';

const gatewayPort = 8080;

type Mount = NonNullable<ComposeService['volumes']>[number];

const mount = (source: string, target: string): Mount => ({
  type: 'bind',
  source,
  target,
  read_only: true,
  bind: { create_host_path: false },
});

/** A check every three seconds, so that `--wait` returns soon. Nothing counts as a failure in the first minute. */
const check = (...test: string[]): ComposeService['healthcheck'] => ({
  test: ['CMD', ...test],
  interval: '3s',
  timeout: '3s',
  retries: 10,
  start_period: '60s',
});

type Draw = (values: ComposeValues) => ComposeService;

// Without spaces, at which podman splits the arguments of a check.
const ready = `fetch('http://127.0.0.1:${ports.metrics}${probePaths.ready}').then(a=>process.exit(+!a.ok),()=>process.exit(1))`;

const authService: Draw = (values) => {
  const { compose, resources } = values;
  return {
    image: `${names.app}:development`,
    build: { context: '.', target: 'development' },
    env_file: [{ path: '.env', required: false }],
    environment: environmentOf(values),
    ports: [`${compose.address}:${compose.ports.api}:${ports.http}`],
    volumes: [
      // Only these folders: a mount of the whole project would hide node_modules of the image.
      mount('./app', `${folder}/app`),
      mount('./migrations', `${folder}/migrations`),
      { type: 'volume', source: 'auth-data', target: dataFolder },
    ],
    depends_on: {
      [database.host]: { condition: 'service_healthy' },
      [redis.host]: { condition: 'service_healthy' },
    },
    healthcheck: check('node', '-e', ready),
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    stop_grace_period: '30s',
    cpus: String(millicpu(resources.limits.cpu) / 1_000),
    mem_limit: String(bytes(resources.limits.memory)),
  };
};

const postgres: Draw = ({ compose }) => ({
  image: images.postgres,
  environment: {
    POSTGRES_USER: database.user,
    POSTGRES_PASSWORD: database.password,
    POSTGRES_DB: database.name,
  },
  ports: [`${compose.address}:${compose.ports.postgres}:5432`],
  volumes: [{ type: 'volume', source: 'db-data', target: '/var/lib/postgresql/data' }],
  // By TCP, because the server that creates the database answers on the socket only.
  healthcheck: check('pg_isready', '-h', '127.0.0.1', '-U', database.user, '-d', database.name),
});

const redisServer: Draw = ({ compose }) => ({
  image: images.redis,
  // Nothing in Redis must survive: Postgres is the source of truth.
  command: ['redis-server', '--save', '', '--appendonly', 'no'],
  ports: [`${compose.address}:${compose.ports.redis}:6379`],
  healthcheck: check('redis-cli', 'ping'),
});

const kong: Draw = ({ compose, kong: values }) => ({
  image: images.kong,
  environment: kongSettings({ port: gatewayPort, trustedProxies: values.trustedProxies }),
  ports: [`${compose.address}:${compose.ports.gateway}:${gatewayPort}`],
  volumes: [mount(`${outputFolder}/kong.yml`, configPath)],
  depends_on: { [names.app]: { condition: 'service_healthy' } },
  healthcheck: check('kong', 'health'),
});

/** Accepts every mail and sends none. */
const mail: Draw = ({ compose }) => ({
  image: images.mail,
  ports: [`${compose.address}:${compose.ports.mail}:8025`, `${compose.address}:${compose.ports.smtp}:1025`],
  healthcheck: check('/mailpit', 'readyz'),
});

/** The place of the console. Its profile is off by default. */
const console_: Draw = ({ compose }) => ({
  image: images.node,
  profiles: ['console'],
  working_dir: '/srv/console',
  command: ['bash', '-c', 'npm ci && exec npm run dev -- --host 0.0.0.0 --port 5173'],
  ports: [`${compose.address}:${compose.ports.console}:5173`],
  volumes: [{ ...mount('./console', '/srv/console'), read_only: false } as Mount],
  depends_on: { [gateway]: { condition: 'service_healthy' } },
});

const prometheus: Draw = ({ compose }) => ({
  image: images.prometheus,
  profiles: ['monitoring'],
  ports: [`${compose.address}:${compose.ports.prometheus}:9090`],
  volumes: [mount(`${outputFolder}/prometheus.yml`, '/etc/prometheus/prometheus.yml')],
  depends_on: { [names.app]: { condition: 'service_healthy' } },
  healthcheck: check('wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:9090/-/ready'),
});

/** The stack of the deployment guide, section 1. */
export function drawCompose(values: ComposeValues): ComposeDocument {
  return {
    name: 'auth-system',
    services: {
      [names.app]: authService(values),
      [database.host]: postgres(values),
      [redis.host]: redisServer(values),
      [gateway]: kong(values),
      'auth-mail': mail(values),
      'auth-admin': console_(values),
      prometheus: prometheus(values),
    },
    volumes: { 'auth-data': {}, 'db-data': {} },
  };
}

/** What Prometheus scrapes. */
export const prometheusConfig = {
  global: { scrape_interval: '15s' },
  scrape_configs: [{ job_name: names.app, static_configs: [{ targets: [`${names.app}:${ports.metrics}`] }] }],
};
