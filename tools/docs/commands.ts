import type { Command } from 'commander';
import { buildProgram } from '../../app/commands/program.ts';

/** Columns of the help, so that the page does not depend on a terminal. */
const width = 110;

const head = `# Commands

\`npm run docs\` writes this page from the help of the program. [operations.md](operations.md) explains when to use which command.

In the image the program is \`auth-service\`. In a checkout, npm scripts of the same names run the commands, such as
\`npm run admin -- list\`, and \`npm start\` runs \`serve\`.
`;

function helpOf(command: Command): string {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  command.configureOutput({ writeOut: write, getOutHelpWidth: () => width, getOutHasColors: () => false });
  command.outputHelp();
  return text.trimEnd();
}

/** A command with those below it. The command \`help\` that the parser adds is left out. */
function sectionsOf(command: Command, above: readonly string[]): string[] {
  const path = [...above, command.name()];
  const section = `## ${path.join(' ')}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`;
  return [section, ...command.commands.flatMap((child) => sectionsOf(child, path))];
}

/** docs/commands.md: the help of each command. */
export function commandsPage(): string {
  const program = buildProgram({
    version: '',
    open: () => Promise.reject(new Error('the page runs no command')),
    report: () => undefined,
  });
  return [head, ...sectionsOf(program, [])].join('\n');
}
