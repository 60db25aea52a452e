import { seconds } from '../../values/formats.ts';
import { schemaMessage } from '../../values/schema-messages.ts';
import { type AppJson, appJsonSchema } from './app-json-schema.ts';
import { limits, neededConnections, postgresConnections, postgresVersion } from './plans.ts';
import { isSecretName } from './settings.ts';

/** Reads app.json, or says what Heroku would refuse in it. */
export function parseAppJson(text: string): { readonly app?: AppJson; readonly findings: string[] } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { findings: ['app.json: is not JSON [app-json]'] };
  }
  const result = appJsonSchema.safeParse(content, { error: schemaMessage, reportInput: true });
  if (result.success) return { app: result.data, findings: [] };
  return {
    findings: result.error.issues.flatMap((issue) => {
      const at = issue.path.map(String);
      if (issue.code === 'unrecognized_keys')
        return issue.keys.map((key) => `app.json: ${[...at, key].join('.')} is not a known key [app-json]`);
      const message = issue.input === undefined ? 'is required' : issue.message;
      return [`app.json: ${at.join('.')} ${message} [app-json]`];
    }),
  };
}

const textIn = ({ env }: AppJson, name: string): string => env[name]?.value ?? '';

function* secretFindings(app: AppJson): Iterable<string> {
  for (const [name, { generator, required, value }] of Object.entries(app.env)) {
    if (!isSecretName(name)) continue;
    if (value !== undefined)
      yield `env.${name} is a secret, and app.json is committed: remove its value [secret-in-clear]`;
    else if (!required && !generator) yield `env.${name} must be required or have a generator [unset-secret]`;
  }
}

function* platformFindings(app: AppJson): Iterable<string> {
  if ('PORT' in app.env) yield 'env.PORT must not be set: Heroku gives every dyno its port [platform-port]';
  for (const name of ['DATABASE_URL', 'DB_PRIMARY_DB_URL', 'REDIS_URL'])
    if (name in app.env)
      yield `env.${name} must not be set: the add-on sets the URL, and changes it when it rotates the password [addon-url]`;
  if (textIn(app, 'METRICS_PORT') !== 'off')
    yield 'env.METRICS_PORT must be off: a dyno has one port [metrics-port]';
  if (!textIn(app, 'TRUSTED_PROXIES').split(',').includes('heroku'))
    yield 'env.TRUSTED_PROXIES must contain heroku: otherwise all clients share the address of the router [router]';
  if (!('HASH_CONCURRENCY' in app.env))
    yield 'env.HASH_CONCURRENCY must be set: a dyno sees all CPUs of its host [hash-concurrency]';
}

function* certificateFindings(app: AppJson): Iterable<string> {
  if (textIn(app, 'DB_TLS') !== 'unverified' && !('DB_CA' in app.env))
    yield 'env.DB_TLS must be unverified, because the certificate of Heroku Postgres is self-signed [self-signed]';
  if (textIn(app, 'REDIS_TLS') !== 'unverified' && !('REDIS_CA' in app.env))
    yield 'env.REDIS_TLS must be unverified, because the certificate of Heroku Key-Value Store is self-signed [self-signed]';
}

function* timeFindings(app: AppJson): Iterable<string> {
  const time = (name: string): number => seconds(textIn(app, name));
  if (!(time('DRAIN_DELAY') + time('SHUTDOWN_TIMEOUT') < limits.terminationSeconds))
    yield `env.SHUTDOWN_TIMEOUT and DRAIN_DELAY together must be shorter than ${limits.terminationSeconds}s, when Heroku kills the dyno [termination]`;
  if (!(time('KEEP_ALIVE_TIMEOUT') > limits.routerIdleSeconds))
    yield `env.KEEP_ALIVE_TIMEOUT must be longer than ${limits.routerIdleSeconds}s, for which the router keeps a connection [keep-alive]`;
}

function* addonFindings(app: AppJson): Iterable<string> {
  const find = (service: string) => app.addons.find(({ plan }) => plan.startsWith(`${service}:`));
  const postgres = find('heroku-postgresql');
  if (!postgres) yield 'addons has no heroku-postgresql [missing-addon]';
  if (!find('heroku-redis')) yield 'addons has no heroku-redis [missing-addon]';
  if (postgres && postgres.options?.version !== postgresVersion)
    yield `addons: heroku-postgresql must name version ${postgresVersion}, or Heroku chooses one [postgres-version]`;
  const plans: Readonly<Record<string, number>> = postgresConnections;
  const accepted = plans[postgres?.plan.split(':')[1] ?? ''];
  const needed = neededConnections(
    app.formation.web?.quantity ?? 1,
    Number(textIn(app, 'DB_POOL_MAX') || 10),
  );
  if (accepted !== undefined && needed > accepted)
    yield `env.DB_POOL_MAX: the dynos of two releases need ${needed} connections, and ${postgres?.plan} accepts ${accepted} [connections]`;
}

function* formationFindings({ buildpacks, formation }: AppJson): Iterable<string> {
  if (!formation.web) yield 'formation has no web [formation]';
  else if (formation.web.quantity < 1) yield 'formation.web.quantity must be at least 1 [formation]';
  if (!buildpacks.some(({ url }) => url === 'heroku/nodejs'))
    yield 'buildpacks must contain heroku/nodejs, which installs, builds and prunes [buildpack]';
}

/** What is wrong with an app.json that Heroku accepts. */
export function appJsonFindings(app: AppJson): string[] {
  return [
    ...secretFindings(app),
    ...platformFindings(app),
    ...certificateFindings(app),
    ...timeFindings(app),
    ...addonFindings(app),
    ...formationFindings(app),
  ].map((finding) => `app.json: ${finding}`);
}
