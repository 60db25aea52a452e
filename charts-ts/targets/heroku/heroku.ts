import type { FolderContent } from '../../output/output-folder.ts';
import type { ServiceContainer } from '../../workload/service-container.ts';
import type { Target } from '../target.ts';
import { appJson } from './app-json.ts';
import type { AppJson } from './app-json-schema.ts';
import { dynoMemory } from './plans.ts';
import { parseProcfile, procfile, procfileFindings, serviceArguments } from './procfile.ts';
import { appJsonFindings, parseAppJson } from './rules.ts';
import { configVars } from './settings.ts';
import { type HerokuValues, herokuFaults, herokuSchema } from './values.ts';

const json = (content: unknown): string => `${JSON.stringify(content, null, 2)}\n`;

/** What Heroku and its add-ons set. The URL of the add-on is another name of DB_PRIMARY_DB_URL. */
const fromPlatform = { env: { PORT: '5000' }, secrets: ['DB_PRIMARY_DB_URL', 'REDIS_URL'] } as const;

const commands: Readonly<Record<string, ServiceContainer['command']>> = {
  '': 'serve',
  migrate: 'migrate',
  purge: 'purge',
};

/** The dynos that a Procfile and an app.json describe. One-off dynos have the same config vars. */
function dynosOf(file: string, app: AppJson): ServiceContainer[] {
  const entries = Object.entries(app.env);
  const env = Object.fromEntries(
    entries.flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
  );
  const secrets = entries.flatMap(([name, { value }]) => (value === undefined ? [name] : []));
  const size = app.formation.web?.size ?? 'standard-1x';
  return parseProcfile(file).processes.flatMap(({ command, name }) => {
    const [first = ''] = serviceArguments(command) ?? ['none'];
    const role = commands[first];
    if (!role) return [];
    return {
      file: 'app.json',
      name,
      command: role,
      env: { ...fromPlatform.env, ...env },
      secrets: [...fromPlatform.secrets, ...secrets],
      mounts: new Map(),
      cpus: 1,
      memoryBytes: dynoMemory[size] * 2 ** 20,
    };
  });
}

function files(values: HerokuValues): FolderContent {
  return new Map([
    ['Procfile', procfile(values)],
    ['app.json', json(appJson(values))],
    // app.json applies to new apps. This file brings an existing app to the same config vars.
    ['config-vars.json', json(configVars(values).texts)],
  ]);
}

const textOf = (content: FolderContent, file: string): string => content.get(file) ?? '';

/** A config var that the two files give different values. */
function differences(app: AppJson, text: string): string[] {
  const vars: Record<string, unknown> = JSON.parse(text);
  const names = new Set([...Object.keys(vars), ...Object.keys(app.env)]);
  return [...names]
    .filter((name) => vars[name] !== app.env[name]?.value)
    .map((name) => `config-vars.json: ${name} must have the value of app.json [config-vars]`);
}

/** Heroku: Procfile and app.json in the root of the project, built by its Node.js buildpack. */
export const heroku: Target<HerokuValues> = {
  name: 'heroku',
  schema: herokuSchema,
  rootFiles: ['Procfile', 'app.json'],
  faults: herokuFaults,
  files,
  containers(content) {
    const { app } = parseAppJson(textOf(content, 'app.json'));
    return app ? dynosOf(textOf(content, 'Procfile'), app) : [];
  },
  findings(content) {
    const { app, findings } = parseAppJson(textOf(content, 'app.json'));
    return [
      ...procfileFindings(textOf(content, 'Procfile')),
      ...findings,
      ...(app ? [...appJsonFindings(app), ...differences(app, textOf(content, 'config-vars.json'))] : []),
    ];
  },
};
