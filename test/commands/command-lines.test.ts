import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { commandFault, documentedScripts, scriptFaults, scriptsOf } from '../support/documented-commands.ts';
import { shellCommands } from '../support/shell-commands.ts';

describe('The command lines in the documents', () => {
  const scripts = documentedScripts();

  it('are found in README, runbooks and the pages of deployment', () => {
    const files = [...new Set(scripts.filter(({ isInline }) => !isInline).map(({ file }) => file))];
    expect(files).to.include.members([
      'charts-ts/README.md',
      'README.md',
      'CONTRIBUTING.md',
      'charts-ts/README.md',
      'docs/operations.md',
      'docs/deploy/single-server.md',
      'docs/runbooks/LeakedSigningKey.md',
    ]);
    const calls = scripts.filter(({ text }) =>
      /\bauth-service (?:admin|keys|sessions|config|purge)\b/.test(text),
    );
    expect(calls.length).to.be.greaterThan(20);
  });

  it('name commands, options, npm scripts, files and programs that exist', async () => {
    const faults = await Promise.all(scripts.map(scriptFaults));
    expect(faults.flat()).to.deep.equal([]);
  });

  it('can be read by bash, block by block', () => {
    const blocks = scripts.filter(({ isInline }) => !isInline);
    // One process: each block is the body of a function. A line of an error leads to its block.
    const bodies = blocks.map(({ text }, index) => `block_${index}() {\n:\n${text}\n}`);
    const { stderr, status } = spawnSync('bash', ['-n'], { input: bodies.join('\n'), encoding: 'utf8' });
    const [, line = ''] = /line (\d+)/.exec(stderr) ?? [];
    const before = bodies.join('\n').split('\n').slice(0, Number(line)).join('\n');
    const block = blocks[(before.match(/^block_\d+\(\) \{$/gm)?.length ?? 0) - 1];
    expect(status, `${block?.file}:${block?.line}: ${stderr}`).to.equal(0);
  });
});

describe('The check of command lines', () => {
  const faultsOf = async (document: string): Promise<string[]> =>
    (await Promise.all(scriptsOf('a.md', document).map(scriptFaults))).flat();
  const block = (text: string): string => `# A page\n\n\`\`\`bash\n${text}\n\`\`\`\n`;

  const refused: readonly [script: string, fault: string][] = [
    ['auth-service admn list', "a.md:4: auth-service admn list: error: unknown command 'admn'"],
    [
      'true\nauth-service admin list --al',
      "a.md:5: auth-service admin list --al: error: unknown option '--al'",
    ],
    ['auth-service keys revoke', "missing required argument 'kid'"],
    [
      'echo "$PASSWORD" | auth-service admin create --email a@example.com',
      "required option '--username <name>'",
    ],
    [
      'KEYS=$(auth-service keys show)',
      "a.md:4: auth-service keys show: error: too many arguments for 'keys'",
    ],
    ['echo "$(auth-service admin "show")"', "unknown command 'show'"],
    ['if auth-service healthy; then echo well; fi', "unknown command 'healthy'"],
    ['npm run admin -- creat', "unknown command 'creat'"],
    ['npm run admin --json', 'npm passes options on after -- only'],
    ['npm run fly', 'npm has no script fly'],
    ['npx flyctl', 'node_modules has no program flyctl'],
    ['node dist/main.js srve', "unknown command 'srve'"],
    ['node tools/none.js', 'there is no file tools/none.js'],
    ['bash -c true && tools/none.sh', 'there is no file tools/none.sh'],
    ['docker compose exec -T auth-service auth-service key list', "unknown command 'key'"],
    ['docker compose -f a.yml run --rm auth-service migrate --now', "unknown option '--now'"],
    ['docker compose launch', 'docker compose has no command launch'],
    ['kubectl -n auth-system exec -it deploy/auth-service -- auth-service admn', "unknown command 'admn'"],
    ['kubectl -n auth-system fetch pods', 'kubectl has no command fetch'],
    ['heroku run --app a -- node --require ./dist/threads.cjs dist/main.js admn', "unknown command 'admn'"],
    ['frobnicate', 'frobnicate is not among the known programs'],
  ];
  for (const [script, fault] of refused) {
    it(`refuses ${JSON.stringify(script)}`, async () => {
      const faults = await faultsOf(block(script));
      expect(faults).to.have.length(1);
      expect(faults[0]).to.contain(fault);
    });
  }

  it('accepts what works, in blocks and in sentences', async () => {
    const script = `# auth-service nothing
for kid in a b; do auth-service keys revoke "$kid" --force; done >/dev/null 2>&1
cat <<'END' | auth-service admin create --email a@example.com \\
  --username 'a b' && npm run keys -- list --json
auth-service nothing
END
source <(auth-service completion bash)`;
    expect(await faultsOf(block(script))).to.deep.equal([]);
    const sentence =
      'Run `auth-service keys revoke` or `npm test`, see `auth-service admin` and `app/main.ts --none`.';
    expect(await faultsOf(sentence)).to.deep.equal([]);
    expect(await faultsOf('Run `auth-service admin revoke --mail a@example.com`.')).to.have.length(1);
  });

  it('reads commands as bash does', () => {
    const script = `A=1 B="x y" curl -s 'a b' "c $(date "+%d") \\"d\\"" e\\ f | jq -r '.x' > out; exec sh -c "$X"`;
    const words = shellCommands(script).map((command) => command.words);
    expect(words).to.deep.equal([
      ['date', '+%d'],
      ['curl', '-s', 'a b', 'c $(…) "d"', 'e f'],
      ['jq', '-r', '.x'],
      ['sh', '-c', '$X'],
    ]);
  });

  it('knows the program of the image by its name alone', async () => {
    expect(await commandFault(['/usr/local/bin/auth-service'])).to.equal(null);
    expect(await commandFault(['auth-service'])).to.equal(null);
  });
});
