import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { completionScript } from '../../app/commands/completion.ts';
import { commandsOf, idleProgram } from '../support/command-line.ts';
import { needs, toolPath } from '../support/debian-tool.ts';

/** Runs a script with a shell. @returns its lines */
function run(shell: string, script: string): string[] {
  const { status, stderr, stdout } = spawnSync(shell, ['-c', script], { encoding: 'utf8' });
  expect(status, stderr).to.equal(0);
  expect(stderr).to.equal('');
  return stdout.split('\n').filter(Boolean);
}

describe('The completion of bash', () => {
  const { program } = idleProgram();

  /** What bash offers in the place of the last word, for several command lines in one process. */
  function offered(lines: readonly (readonly string[])[]): string[][] {
    const asks = lines.map((line) => {
      const words = line.map((word) => `'${word}'`).join(' ');
      return `COMP_WORDS=(auth-service ${words}); COMP_CWORD=${line.length}; COMPREPLY=()
$(complete -p auth-service | sed 's/.* -F \\([^ ]*\\) .*/\\1/'); echo "line \${COMPREPLY[*]}"`;
    });
    const printed = run('bash', [completionScript(program, 'bash'), ...asks].join('\n'));
    return printed.map((line) =>
      line
        .replace(/^line ?/, '')
        .split(' ')
        .filter(Boolean),
    );
  }

  it('offers every command and every option that the help of the command shows', () => {
    const commands = commandsOf(program);
    const pathOf = (command: (typeof commands)[number]): string[] =>
      command.parent ? [...pathOf(command.parent), command.name()] : [];
    const all = offered(commands.map((command) => [...pathOf(command), '']));
    for (const [index, command] of commands.entries()) {
      expect(all[index], pathOf(command).join(' ')).to.have.members([
        ...command.commands.map((child) => child.name()),
        ...command.options.filter(({ hidden }) => !hidden).map(({ long }) => long),
        '--help',
      ]);
    }
  });

  it('completes what is begun, the values of an option, and options after other words', () => {
    const [begun, values, afterValue, kid, file] = offered([
      ['adm'],
      ['keys', 'generate', '--algorithm', 'E'],
      ['admin', 'create', '--email', 'a@example.com', '--user'],
      ['keys', 'revoke', 'admin', '--f'],
      ['admin', 'create', '--password-file', ''],
    ]);
    expect(begun).to.deep.equal(['admin']);
    expect(values).to.deep.equal(['ES256', 'EdDSA']);
    expect(afterValue).to.deep.equal(['--username']);
    expect(kid).to.deep.equal(['--force']);
    expect(file).to.deep.equal([]);
  });
});

describe(needs('fish', 'The completion of fish'), () => {
  it('offers commands, options and values', function () {
    if (!toolPath('fish')) return this.skip();
    const lines = [
      'auth-service adm',
      'auth-service admin create --us',
      'auth-service keys generate --algorithm H',
    ];
    const asks = lines.map((line) => `complete -C '${line}' | string replace -r '\\t.*' ''`);
    expect(run('fish', [completionScript(idleProgram().program, 'fish'), ...asks].join('\n'))).to.deep.equal([
      ...['admin', '--username', 'HS256'],
    ]);
  });
});

describe(needs('zsh', 'The completion of zsh'), () => {
  it('offers commands, options and values', function () {
    if (!toolPath('zsh')) return this.skip();
    // A command of zsh that only exists inside of its line editor: this one prints what it would offer.
    const stub = 'compadd() { shift; echo "offer $*" }; compdef() { :; }';
    const lines = ['adm', 'admin create --us', 'keys generate --algorithm E'].map(
      (line) => `words=(auth-service ${line}); CURRENT=$#words; _auth_service`,
    );
    const [commands, options, values] = run(
      'zsh',
      [stub, completionScript(idleProgram().program, 'zsh'), ...lines].join('\n'),
    );
    expect(commands?.split(' ')).to.include.members(['admin', 'serve', 'keys', '--help']);
    expect(options?.split(' ')).to.include.members(['--email', '--username', '--if-missing']);
    expect(values).to.equal('offer RS256 ES256 EdDSA HS256');
  });
});
