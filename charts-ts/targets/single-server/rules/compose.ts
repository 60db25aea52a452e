import { secretVariables } from '../../../../app/config/config.ts';
import { userId } from '../../../names.ts';
import { composeFile } from '../layout.ts';
import { type Compose, type ComposeService, memoryBytes } from '../read-compose.ts';
import { duration } from './durations.ts';
import type { Rule } from './rule.ts';

/** A rule that looks at each container. */
function perContainer(
  id: string,
  check: (service: ComposeService, name: string, compose: Compose) => Iterable<string>,
): Rule {
  return {
    id,
    file: composeFile,
    *check({ compose }) {
      for (const [name, service] of Object.entries(compose.services))
        for (const message of check(service, name, compose)) yield `container ${name}: ${message}`;
    },
  };
}

const runsService = (service: ComposeService): boolean => 'ENV' in service.environment;
const isServer = (service: ComposeService): boolean => runsService(service) && service.command.length === 0;
const isJob = ({ profiles }: ComposeService, name: string): boolean =>
  profiles.includes('jobs') || name === 'migrate';

const pinned = perContainer('image-version', function* ({ image }) {
  const name = /^\$\{AUTH_(?:SERVICE|BACKUP)_IMAGE:-(.*)\}$/.exec(image)?.[1] ?? image;
  const tag = /:([^/@]+)(@sha256:[0-9a-f]{64})?$/.exec(name)?.[1];
  if (!tag || tag === 'latest')
    yield `the image ${name} must name a version, because a later start would run another one`;
});

const confined = perContainer('confined', function* (service) {
  if (!service.read_only) yield 'read_only must be true';
  if (!service.cap_drop.includes('ALL')) yield 'cap_drop must contain ALL';
  if (!service.security_opt.includes('no-new-privileges:true'))
    yield 'security_opt must contain no-new-privileges:true';
});

const user = perContainer('user', function* (service) {
  if (runsService(service) && service.user !== `${userId}:${userId}`)
    yield `user must be ${userId}:${userId}, who may read the secrets`;
});

const grace = perContainer('stop-grace', function* (service) {
  const { DRAIN_DELAY = '', SHUTDOWN_TIMEOUT = '' } = service.environment;
  const needed = duration(DRAIN_DELAY) + duration(SHUTDOWN_TIMEOUT);
  if (isServer(service) && !(duration(service.stop_grace_period) > needed))
    yield `stop_grace_period ${service.stop_grace_period} must exceed DRAIN_DELAY + SHUTDOWN_TIMEOUT, ${needed}s, or Docker kills the service while it answers`;
});

const restart = perContainer('restart', function* (service, name) {
  if (!isJob(service, name) && !['always', 'unless-stopped'].includes(service.restart ?? ''))
    yield 'restart must be unless-stopped, or a crash is an outage until somebody notices it';
});

const logs = perContainer('log-rotation', function* ({ logging }) {
  if (!logging?.options['max-size'] || !logging.options['max-file'])
    yield 'logging needs max-size and max-file, or its log fills the disk';
});

const health = perContainer('health', function* (service, name) {
  if (!isJob(service, name) && (service.healthcheck?.test.length ?? 0) < 2)
    yield 'healthcheck is missing, so that a deployment does not wait for the container';
});

const limits = perContainer('limits', function* ({ cpus, mem_limit }) {
  if (!(memoryBytes(mem_limit) > 0)) yield 'mem_limit is missing, and the limits of the service depend on it';
  if (!(Number(cpus) > 0)) yield 'cpus is missing, and the number of password hashes at once depends on it';
});

const migrated = perContainer('migrated-first', function* (service) {
  if (isServer(service) && service.depends_on.migrate?.condition !== 'service_completed_successfully')
    yield 'depends_on must wait until migrate is service_completed_successfully';
});

const proxies = perContainer('trusted-proxies', function* (service, _name, { networks }) {
  const gateway = networks.default?.ipam.config[0]?.gateway;
  const trusted = service.environment.TRUSTED_PROXIES?.split(',') ?? [];
  if (isServer(service) && !trusted.includes(`${gateway}/32`))
    yield `TRUSTED_PROXIES must contain ${gateway}/32, from where nginx connects, or all clients have one address`;
});

const hidden = perContainer('no-ports', function* ({ ports }) {
  if (ports.length > 0)
    yield 'ports must be empty: Docker opens a published port in front of the firewall of the machine';
});

const secretTexts = perContainer('secrets-as-files', function* ({ environment, secrets }, _name, compose) {
  for (const name of secretVariables.filter((one) => one in environment))
    yield `${name} must not be in the file: use ${name}_FILE and a secret`;
  for (const name of secrets.filter((one) => !compose.secrets[one]))
    yield `the secret ${name} is not among the secrets at the end of the file`;
  for (const [name, text] of Object.entries(environment)) {
    const secret = /^\/run\/secrets\/(.+)$/.exec(text)?.[1];
    if (secret && !secrets.includes(secret))
      yield `${name} reads ${text}, and secrets does not contain ${secret}`;
  }
});

export const composeRules: readonly Rule[] = [
  ...[pinned, confined, user, grace, restart, logs],
  ...[health, limits, migrated, proxies, hidden, secretTexts],
];
