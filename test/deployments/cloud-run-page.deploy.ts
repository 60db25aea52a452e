import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runSynth } from '../../charts-ts/run-synth.ts';
import { blocksOf } from './support/page.ts';
import { commandsOf, recordCommands } from './support/recorded-commands.ts';
import { need } from './support/tools.ts';

describe('The commands of the page of Cloud Run', function () {
  this.timeout(1_200_000);

  it('are commands of gcloud, with options that gcloud knows', async function () {
    need(this, 'gcloud', 'the package google-cloud-cli of Google');
    const programs = ['gcloud', 'docker', 'psql', 'npm', 'openssl', 'curl'];
    const blocks = blocksOf('docs/deploy/cloud-run.md');
    const commands = commandsOf(recordCommands(blocks, { answer: '203.0.113.10', programs }), 'gcloud');
    const folder = mkdtempSync(join(tmpdir(), 'gcloud-'));
    writeFileSync(join(folder, 'secret'), 'x');
    // The page sets a bucket for backups; the committed example has none.
    const drawn = join(folder, 'cloud-run');
    await runSynth(['--target', 'cloud-run', '--set', 'cloudRun.backup.bucket=backups', '--out', drawn]);
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      CLOUDSDK_CONFIG: folder,
      CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
      CLOUDSDK_CORE_PROJECT: 'your-project',
    };
    /** What gcloud says when it has parsed a command and needs an account for it. */
    const needsAccount = /You do not currently have an active account|does not have any valid credentials/;
    const parses = (args: readonly string[]): boolean => {
      const own = args.map((arg) => arg.replace(/^--data-file=.*/, '--data-file=secret'));
      const files = own.map((arg) => arg.replace(/^deploy\/cloud-run\//, `${drawn}/`));
      const { stderr } = spawnSync('gcloud', files, { cwd: folder, env, encoding: 'utf8' });
      return needsAccount.test(stderr);
    };
    // These three need no account, and change the configuration of the user.
    const local = /^(auth login|config set|auth configure-docker)/;
    const remote = commands.filter(({ args }) => !local.test(args.join(' ')));
    expect(remote).to.have.length.above(50);
    const refused = remote.filter(({ args }) => !parses(args)).map(({ args }) => args.join(' '));
    const isFound = !parses([...(remote[0]?.args ?? []), '--misspelled-option']);
    rmSync(folder, { recursive: true });
    expect(refused).to.deep.equal([]);
    expect(isFound).to.equal(true);
  });
});
