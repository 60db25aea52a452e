import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { copyProject } from './support/project.ts';

/** The command of charts-ts/README.md that runs the CLI of cdk8s, which npx installs. */
function documentedCommand(): string[] {
  const [, command = ''] =
    /`npx (--yes cdk8s-cli@[\d.]+ synth)`/.exec(readFileSync('charts-ts/README.md', 'utf8')) ?? [];
  return command.split(' ');
}

/** Every file below a folder with its text. */
function filesOf(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name));
  return new Map(files.sort().map((file) => [file.slice(folder.length), readFileSync(file, 'utf8')]));
}

describe('The CLI of cdk8s', function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'cdk8s-'));
    copyProject(folder);
    symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('writes the committed manifests with the command of the page', function () {
    rmSync(join(folder, 'k8s-out'), { recursive: true });
    const { status, stderr, stdout } = spawnSync('npx', documentedCommand(), {
      cwd: folder,
      encoding: 'utf8',
    });
    if (/npm error code (E404|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT)/.test(stderr)) {
      process.stdout.write('skipped, because the npm registry does not offer cdk8s-cli\n');
      this.skip();
    }
    expect(status, stdout + stderr).to.equal(0);
    expect(filesOf(join(folder, 'k8s-out'))).to.deep.equal(filesOf('k8s-out'));
  });
});
