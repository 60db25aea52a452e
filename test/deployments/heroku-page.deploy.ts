import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { type Block, blocksOf } from './support/page.ts';
import { createCheckout, runStep } from './support/pipeline-steps.ts';
import { need } from './support/tools.ts';

const page = 'docs/deploy/heroku.md';
const isOfHeroku = ({ text }: Block): boolean => text.startsWith('heroku ');
const app = JSON.parse(readFileSync('app.json', 'utf8'));

/** The version of the command line whose commands the pages use. */
const cli = 'heroku@11.10.0';

interface Command {
  readonly args?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly strict?: boolean;
}

/** The commands of the command line of Heroku, with their arguments and flags. */
function commandsOfHeroku(context: Mocha.Context, folder: string): Readonly<Record<string, Command>> {
  const { stdout, status } = spawnSync('npm', ['pack', '--silent', cli], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) {
    process.stdout.write(`skipped, because the npm registry does not offer ${cli}\n`);
    return context.skip();
  }
  const file = 'package/oclif.manifest.json';
  execFileSync('tar', ['-xzf', stdout.trim(), file], { cwd: folder });
  return JSON.parse(readFileSync(join(folder, file), 'utf8')).commands;
}

/** In the place of programs that need an account: each call with its arguments, separated by control characters. */
const recorder = ['heroku', 'git'].map(
  (name) => `${name}() { printf '%s\\037' ${name} "$@" >> calls; printf '\\036' >> calls; }`,
);

function faultsOf(
  commands: Readonly<Record<string, Command>>,
  [, id = '', ...rest]: readonly string[],
): string[] {
  const command = commands[id];
  if (!command) return [`${id} is no command`];
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  const flags = own.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0] ?? '');
  return flags
    .filter((flag) => !(flag in (command.flags ?? {})))
    .map((flag) => `${id} has no flag --${flag}`);
}

describe('The page of Heroku', function () {
  this.timeout(120_000);
  let folder: string;
  let commands: Readonly<Record<string, Command>>;
  let calls: string[][];

  before(async function () {
    need(this, 'openssl', 'the Debian package openssl');
    need(this, 'jq', 'the Debian package jq');
    folder = mkdtempSync(join(tmpdir(), 'heroku-page-'));
    commands = commandsOfHeroku(this, folder);
    mkdirSync(join(folder, 'deploy-out/heroku'), { recursive: true });
    const vars = 'deploy-out/heroku/config-vars.json';
    writeFileSync(join(folder, vars), readFileSync(vars));
    // Synth and the verification have tests of their own.
    const pages = [...blocksOf(page), ...blocksOf('docs/deploy/pipelines.md').filter(isOfHeroku)];
    const blocks = pages.map(({ text }) => text.replace(/^(npm run|tools\/deploy\/verify\.sh) .*$/gm, ''));
    const run = [...recorder, ...blocks.map((text) => text.replace('rm private.pem', ''))];
    const { output, status } = await runStep({ run }, folder);
    expect(status, output).to.equal(0);
    calls = readFileSync(join(folder, 'calls'), 'utf8')
      .split('\x1e')
      .slice(0, -1)
      .map((call) => call.split('\x1f').slice(0, -1));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const callsOf = (id: string): string[][] => calls.filter(([, name]) => name === id);

  it('uses commands and flags that the command line of Heroku has', () => {
    const heroku = calls.filter(([program]) => program === 'heroku');
    expect(heroku).to.have.length.above(15);
    expect(heroku.flatMap((call) => faultsOf(commands, call))).to.deep.equal([]);
    expect(faultsOf(commands, ['heroku', 'ps:scale', 'web=2', '--application', 'a'])).to.deep.equal([
      'ps:scale has no flag --application',
    ]);
  });

  it('names the app of the generated files in every command that takes one', () => {
    const taking = calls.filter(
      ([program, id = '']) => program === 'heroku' && 'app' in (commands[id]?.flags ?? {}),
    );
    for (const call of taking.filter(([, id]) => id !== 'apps:create'))
      expect(call[call.indexOf('--app') + 1], call.join(' ')).to.equal(app.name);
  });

  it('creates the app, the add-ons and the dynos that app.json describes', () => {
    const [created] = callsOf('apps:create');
    expect(created).to.include.members([app.name, app.stack, app.buildpacks[0].url]);
    expect(callsOf('addons:create').map((call) => call[2])).to.deep.equal(
      app.addons.map(({ plan }: { plan: string }) => plan),
    );
    const { quantity, size } = app.formation.web;
    expect(callsOf('ps:scale')[0]).to.include(`web=${quantity}:${size}`);
    expect(callsOf('domains:add')[0]).to.include(app.env.ALLOWED_HOSTS.value);
    expect(calls.find(([program]) => program === 'git')).to.include(`https://git.heroku.com/${app.name}.git`);
  });

  it('sets every config var of the generated file, and the secrets that app.json asks for', () => {
    const [texts, secrets] = callsOf('config:set').map((call) =>
      Object.fromEntries(
        call.slice(4).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
      ),
    );
    expect(texts).to.deep.equal(JSON.parse(readFileSync('deploy-out/heroku/config-vars.json', 'utf8')));
    const asked = Object.keys(app.env).filter((name) => app.env[name].value === undefined);
    expect(Object.keys(secrets ?? {})).to.have.members(asked);
    const published = createPublicKey(createPrivateKey(secrets?.JWT_PRIVATE_KEY ?? ''));
    expect(createPublicKey(secrets?.JWT_PUBLIC_KEY ?? '').equals(published)).to.equal(true);
    expect(secrets?.METRICS_TOKEN).to.match(/^[0-9a-f]{64}$/);
  });

  it('gives Heroku Scheduler the line of the Procfile', () => {
    const [, line] = /^purge: (.*)$/m.exec(readFileSync('Procfile', 'utf8')) ?? [];
    expect(readFileSync(page, 'utf8')).to.contain(`\n\`\`\`\n${line}\n\`\`\`\n`);
  });

  it('shows values of the file that it names, and draws the files from it', async () => {
    const checkout = createCheckout();
    try {
      const [, values = ''] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(page, 'utf8')) ?? [];
      const all = parse(readFileSync('charts-ts/values/heroku.yaml', 'utf8'));
      const { allowedHosts, heroku } = parse(values);
      expect([allowedHosts, heroku.app]).to.deep.equal([all.allowedHosts, all.heroku.app]);
      const run = blocksOf(page)
        .map(({ text }) => text)
        .filter((text) => text.startsWith('npm run synth'));
      const { output, status } = await runStep({ run }, checkout.folder);
      expect(status, output).to.equal(0);
      for (const file of ['Procfile', 'app.json'])
        expect(readFileSync(join(checkout.folder, file), 'utf8'), file).to.equal(readFileSync(file, 'utf8'));
    } finally {
      checkout.remove();
    }
  });
});
