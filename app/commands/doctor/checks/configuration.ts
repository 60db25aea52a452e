import { passed, skipped, warning } from '../../checks/check.ts';
import { misspelledVariables } from '../../config/effective-variables.ts';
import { type DoctorCheck, faultCheck } from './fault-check.ts';

const category = 'Configuration';

/** What the environment of a process shows of a platform that runs containers in production. */
const platforms: Readonly<Record<string, string>> = {
  KUBERNETES_SERVICE_HOST: 'Kubernetes',
  ECS_CONTAINER_METADATA_URI_V4: 'ECS',
  K_SERVICE: 'Cloud Run',
  DYNO: 'Heroku',
};

/** The platform of the process, or null. */
export function platformOf(env: Readonly<Record<string, string | undefined>>): string | null {
  const name = Object.keys(platforms).find((variable) => env[variable]);
  return (name && platforms[name]) ?? null;
}

export const configurationChecks: readonly DoctorCheck[] = [
  faultCheck({
    id: 'configuration-values',
    category,
    title: 'every variable has a value that the service accepts',
    good: 'The parser refuses no value',
    fix: 'Correct the variables; docs/configuration.md has the format and the default of each',
    documentation:
      'The service refuses to start with a value that it cannot use, and exits with status 78. The doctor names every such variable and never its value. Usual causes are a unit that is missing (`15` instead of `15m`), quotation marks that the platform passes on as part of the value, and one secret that is given both as a variable and as a file. docs/configuration.md lists the formats.',
  }),
  faultCheck({
    id: 'configuration-files',
    category,
    title: 'every file and folder that a variable names can be read',
    good: 'Each of them can be read',
    fix: 'Mount the file, correct the path, or change its owner or mode as the message says',
    documentation:
      'A variable that ends with `_FILE`, `_PATH` or `_DIR` names a file or folder that the process cannot read. The message has the owner and the mode of the file, and the uid and gid of the process, if the kernel refuses the access. Usual causes are a Secret that is not mounted, a path of another machine, and a file of the host with mode 0600 in a container that runs as another user.',
  }),
  {
    id: 'configuration-unknown',
    category,
    title: 'no variable of the environment looks like a misspelt variable of the service',
    documentation:
      'The service ignores variables that it does not know, so a misspelt name has no effect and the default applies. The doctor compares the names in the environment with those in docs/configuration.md. Rename the variable, or remove it if it belongs to an older release.',
    async run({ env }) {
      const found = misspelledVariables(env);
      if (found.length === 0) return passed('No name differs by one letter from one of ours');
      const names = found.map(({ name, known }) => `${name} (probably ${known})`);
      return warning(
        `The service does not read ${names.join(', ')}`,
        'Correct the name, or remove the variable',
      );
    },
  },
  {
    id: 'configuration-environment',
    category,
    title: 'ENV is production on a platform of production',
    documentation:
      'Without `ENV=production` the service starts with embedded stores, a generated key and no rules for production, and says so in its log only. On Kubernetes, ECS, Cloud Run and Heroku that is nearly always a variable that was forgotten. Data in an embedded store is lost with the container.',
    async run({ config, env }) {
      const platform = platformOf(env);
      if (config.environment === 'production' || !platform) return passed(`ENV is ${config.environment}`);
      return warning(`ENV is ${config.environment} on ${platform}`, 'Set ENV=production');
    },
  },
  {
    id: 'log-level',
    category,
    title: 'production does not write debug logs',
    documentation:
      'With `LOG_LEVEL=debug` or `trace` the service writes many lines for each request. That costs CPU time and money, and the lines contain more about users than an audit needs. Set `LOG_LEVEL=info`, which is the default in production.',
    async run({ config: { environment, logLevel } }) {
      const isVerbose = logLevel === 'debug' || logLevel === 'trace';
      if (environment === 'production' && isVerbose)
        return warning(
          `LOG_LEVEL is ${logLevel} in production`,
          'Set LOG_LEVEL=info, or remove the variable',
        );
      if (environment === 'production' && logLevel === 'silent')
        return warning('LOG_LEVEL is silent: no security event is recorded', 'Set LOG_LEVEL=info');
      return passed(`LOG_LEVEL is ${logLevel}`);
    },
  },
  faultCheck({
    id: 'rate-limits-on',
    category,
    title: 'rate limiting and lockout are on in production',
    good: 'Nothing switches them off',
    fix: 'Remove RATE_LIMIT and RATE_LIMIT_SCALE from the environment of production',
    documentation:
      '`RATE_LIMIT=off` and `RATE_LIMIT_SCALE` are for tests. Without limits an attacker can guess passwords as fast as the service can hash them, so production does not start with them. Usually the variable was copied from a test environment.',
  }),
  {
    id: 'data-dir-unused',
    category,
    title: 'production keeps no data in DATA_DIR',
    documentation:
      'With Postgres, Redis and keys configured, nothing is stored in `DATA_DIR`, and a read-only file system is enough. In every other environment the folder contains the embedded Postgres and the generated key: keep it, and do not share it between processes.',
    async run({ config: { database, environment, jwt } }) {
      const isUsed = !database.url || (jwt.algorithm !== 'HS256' && !jwt.privateKey);
      if (!isUsed) return passed('The folder is not used');
      if (environment !== 'production') return skipped(`ENV is ${environment}, where DATA_DIR is used`);
      return warning('DATA_DIR would be used', 'Configure DB_PRIMARY_DB_URL and the signing key');
    },
  },
];
