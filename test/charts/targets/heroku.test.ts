import { expect } from 'chai';
import type { FolderContent } from '../../../charts-ts/output/output-folder.ts';
import type { Target } from '../../../charts-ts/targets/target.ts';
import { findingsAfter } from './support/broken-files.ts';
import { draw } from './support/drawn.ts';

const start = 'node --require ./dist/threads.cjs dist/main.js';

/** Text that is replaced, what replaces it, and the finding. */
type Change = readonly [string, string, string];

const procfile: Record<string, Change> = {
  'a line without a process': [
    'web: node',
    'web node',
    'Procfile:2: must be "name: command" [procfile-line]',
  ],
  'no web process': ['web: ', 'api: ', 'Procfile: has no process web [missing-process]'],
  'no release phase': ['release: ', 'migrate: ', 'Procfile: has no process release [missing-process]'],
  'a process that npm starts': [
    `web: ${start}`,
    'web: npm start',
    `Procfile:2: web runs npm, which does not pass SIGTERM on: run ${start} [npm-process]`,
  ],
  'another entry point': [
    `web: ${start}`,
    'web: node dist/main.js',
    `Procfile:2: web must start with ${start} [entry-point]`,
  ],
  'a release phase that serves': [
    `${start} migrate`,
    start,
    'Procfile:1: release must run migrate, and nothing else [release-phase]',
  ],
  'arguments of the service': [
    `web: ${start}`,
    `web: ${start} --port $PORT`,
    'Procfile:2: web must have no arguments: the port comes from PORT [web-arguments]',
  ],
  'two processes of one name': [
    'purge: ',
    'web: ',
    'Procfile:3: web occurs twice, and Heroku takes one of them [duplicate-process]',
  ],
};

const schema: Record<string, Change> = {
  'an unknown key': ['"formation"', '"formations"', 'app.json: formations is not a known key [app-json]'],
  'an unknown size of dynos': [
    '"size": "standard-1x"',
    '"size": "standard-1X"',
    'app.json: formation.web.size must be one of eco, basic, standard-1x, standard-2x, performance-m, performance-l, private-s, private-m, private-l, shield-s, shield-m, shield-l [app-json]',
  ],
  'a number as a value': [
    '"value": "2"',
    '"value": 2',
    'app.json: env.HASH_CONCURRENCY.value must be text [app-json]',
  ],
  'an add-on without a plan': [
    'heroku-redis:premium-0',
    'heroku-redis',
    'app.json: addons.1.plan must be an add-on with its plan, such as heroku-redis:premium-0 [app-json]',
  ],
  'a stack that no longer exists': [
    '"stack": "heroku-24"',
    '"stack": "heroku-18"',
    'app.json: stack must be one of heroku-22, heroku-24 [app-json]',
  ],
  'an unknown generator': [
    '"generator": "secret"',
    '"generator": "password"',
    'app.json: env.METRICS_TOKEN.generator must be one of secret [app-json]',
  ],
  'no JSON': [
    '"name": "auth-service-prod",',
    '"name": "auth-service-prod"',
    'app.json: is not JSON [app-json]',
  ],
};

const rules: Record<string, Change> = {
  'a key in the file': [
    '"required": true',
    '"value": "-----BEGIN PRIVATE KEY-----"',
    'app.json: env.JWT_PRIVATE_KEY is a secret, and app.json is committed: remove its value [secret-in-clear]',
  ],
  'a secret that nobody sets': [
    '"required": true',
    '"required": false',
    'app.json: env.JWT_PRIVATE_KEY must be required or have a generator [unset-secret]',
  ],
  'a port of its own': [
    '"ENV": {',
    '"PORT": {"description": "x", "value": "8000"}, "ENV": {',
    'app.json: env.PORT must not be set: Heroku gives every dyno its port [platform-port]',
  ],
  'the URL of the add-on': [
    '"ENV": {',
    '"DATABASE_URL": {"description": "x", "required": true}, "ENV": {',
    'app.json: env.DATABASE_URL must not be set: the add-on sets the URL, and changes it when it rotates the password [addon-url]',
  ],
  'a second port': [
    '"value": "off"',
    '"value": "9464"',
    'app.json: env.METRICS_PORT must be off: a dyno has one port [metrics-port]',
  ],
  'no trust in the router': [
    '"value": "heroku"',
    '"value": "private"',
    'app.json: env.TRUSTED_PROXIES must contain heroku: otherwise all clients share the address of the router [router]',
  ],
  'a number of hashes for each CPU of the host': [
    '"HASH_CONCURRENCY"',
    '"HASH_QUEUE_MAX"',
    'app.json: env.HASH_CONCURRENCY must be set: a dyno sees all CPUs of its host [hash-concurrency]',
  ],
  'a verified certificate of Postgres': [
    '"value": "unverified"',
    '"value": "verified"',
    'app.json: env.DB_TLS must be unverified, because the certificate of Heroku Postgres is self-signed [self-signed]',
  ],
  'a longer stop than Heroku waits': [
    '"value": "20s"',
    '"value": "25s"',
    'app.json: env.SHUTDOWN_TIMEOUT and DRAIN_DELAY together must be shorter than 30s, when Heroku kills the dyno [termination]',
  ],
  'connections that end before those of the router': [
    '"value": "95s"',
    '"value": "75s"',
    'app.json: env.KEEP_ALIVE_TIMEOUT must be longer than 90s, for which the router keeps a connection [keep-alive]',
  ],
  'a version that Heroku chooses': [
    '"version": "16"',
    '"version": "17"',
    'app.json: addons: heroku-postgresql must name version 16, or Heroku chooses one [postgres-version]',
  ],
  'more connections than the plan has': [
    'heroku-postgresql:standard-0',
    'heroku-postgresql:essential-0',
    'app.json: env.DB_POOL_MAX: the dynos of two releases need 43 connections, and heroku-postgresql:essential-0 accepts 20 [connections]',
  ],
  'no Redis': ['heroku-redis:', 'rediscloud:', 'app.json: addons has no heroku-redis [missing-addon]'],
  'no dyno': [
    '"quantity": 2',
    '"quantity": 0',
    'app.json: formation.web.quantity must be at least 1 [formation]',
  ],
  'another buildpack': [
    'heroku/nodejs',
    'heroku/python',
    'app.json: buildpacks must contain heroku/nodejs, which installs, builds and prunes [buildpack]',
  ],
  'config vars that differ from those of a new app': [
    '"value": "info"',
    '"value": "debug"',
    'config-vars.json: LOG_LEVEL must have the value of app.json [config-vars]',
  ],
};

describe('target heroku', () => {
  let target: Target;
  let files: FolderContent;
  before(async () => {
    ({ files, target } = await draw('heroku'));
  });

  it('has no finding in its own files', async () => {
    expect([...(await target.findings(files))]).to.deep.equal([]);
  });

  for (const [file, changes] of [
    ['Procfile', procfile],
    ['app.json', { ...schema, ...rules }],
  ] as const)
    for (const [what, [text, replacement, finding]] of Object.entries(changes))
      it(`refuses in ${file} ${what}`, async () => {
        expect(await findingsAfter(target, files, [file, text, replacement, finding])).to.include(finding);
      });

  it('leaves to the add-ons and to Heroku what they set', () => {
    const names = Object.keys(JSON.parse(files.get('app.json') ?? '').env);
    for (const name of ['PORT', 'DATABASE_URL', 'DB_PRIMARY_DB_URL', 'REDIS_URL'])
      expect(names).to.not.include(name);
    expect(names).to.include.members(['JWT_PRIVATE_KEY', 'JWT_PUBLIC_KEY', 'METRICS_TOKEN']);
  });

  it('tells the three processes what they are', () => {
    expect([...target.containers(files)].map(({ command, name }) => [name, command])).to.deep.equal([
      ['release', 'migrate'],
      ['web', 'serve'],
      ['purge', 'purge'],
    ]);
  });

  const faultsOf = async (...sets: string[]): Promise<string> =>
    draw('heroku', ...sets).then(
      () => 'none',
      (error: Error) => error.message,
    );

  it('refuses values that do not fit the platform', async () => {
    expect(await faultsOf('autoscaling.maxReplicas=10')).to.match(/^autoscaling\.maxReplicas: must equal/);
    expect(await faultsOf('database.maxConnections=500')).to.match(
      /^database\.maxConnections: must be at most 120/,
    );
    expect(await faultsOf('database.poolMax=40')).to.match(/^database\.poolMax: .* need 163 connections/);
    expect(await faultsOf('rollout.drainDelay=35s')).to.match(/^rollout\.shutdownTimeout: .* 30 s/);
    expect(await faultsOf('rollout.keepAliveTimeout=75s')).to.match(/^rollout\.keepAliveTimeout: .* 90 s/);
    expect(await faultsOf('heroku.dyno=eco')).to.match(/^heroku\.dyno: must not be eco/);
  });
});
