import type { AppJson } from './app-json-schema.ts';
import { postgresVersion } from './plans.ts';
import { configVars, describe, generated } from './settings.ts';
import type { HerokuValues } from './values.ts';

/** What `heroku` creates with the app: add-ons, config vars, and the number and size of the dynos. */
export function appJson(values: HerokuValues): AppJson {
  const { autoscaling, heroku, purge } = values;
  const { secrets, texts } = configVars(values);
  const given = Object.entries(texts).map(([name, value]) => [name, { description: describe(name), value }]);
  const asked = secrets.map((name) => [name, { description: describe(name), required: true }]);
  return {
    name: heroku.app,
    description: 'Authentication service: registration, login, sessions and signed tokens',
    keywords: ['authentication', 'jwt', 'koa'],
    stack: heroku.stack,
    buildpacks: [{ url: 'heroku/nodejs' }],
    addons: [
      { plan: `heroku-postgresql:${heroku.postgres}`, options: { version: postgresVersion } },
      { plan: `heroku-redis:${heroku.redis}` },
      ...(purge.enabled ? [{ plan: 'scheduler:standard' }] : []),
    ],
    env: Object.fromEntries([
      ...given,
      ...asked,
      [generated, { description: describe(generated), generator: 'secret' }],
    ]),
    formation: { web: { quantity: autoscaling.minReplicas, size: heroku.dyno } },
  };
}
