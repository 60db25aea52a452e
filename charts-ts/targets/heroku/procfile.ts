import { migrateArguments, purgeArguments } from '../../workload/process.ts';
import type { HerokuValues } from './values.ts';

/** How a process of the service starts. It is the entry point of the image; the preload sizes the thread pool. */
export const entryPoint = 'node --require ./dist/threads.cjs dist/main.js';

/** The lines of the Procfile. Heroku runs `release` before the new dynos start, and a failure keeps the old release. */
export function procfile(values: HerokuValues): string {
  const processes: [string, readonly string[]][] = [
    ['release', migrateArguments],
    ['web', []],
    ...(values.purge.enabled ? [['purge', purgeArguments(values.purge)] satisfies [string, string[]]] : []),
  ];
  return processes.map(([name, args]) => `${name}: ${[entryPoint, ...args].join(' ')}\n`).join('');
}

export interface ProcfileLine {
  readonly line: number;
  readonly name: string;
  readonly command: string;
}

/** The processes of a Procfile, and the numbers of the lines that are none. */
export function parseProcfile(text: string): {
  readonly processes: readonly ProcfileLine[];
  readonly unreadable: readonly number[];
} {
  const processes: ProcfileLine[] = [];
  const unreadable: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, name, command] = /^([A-Za-z0-9_-]+):\s*(\S.*)$/.exec(line) ?? [];
    if (name && command) processes.push({ line: index + 1, name, command });
    else unreadable.push(index + 1);
  }
  return { processes, unreadable };
}

/** The arguments of the service in a command, or undefined if the command starts something else. */
export function serviceArguments(command: string): string[] | undefined {
  if (command !== entryPoint && !command.startsWith(`${entryPoint} `)) return undefined;
  return command.slice(entryPoint.length).split(' ').filter(Boolean);
}

function commandFindings({ command, line, name }: ProcfileLine): string[] {
  const at = `Procfile:${line}: ${name}`;
  if (/\bnpm\b/.test(command)) {
    return [`${at} runs npm, which does not pass SIGTERM on: run ${entryPoint} [npm-process]`];
  }
  const args = serviceArguments(command);
  if (!args) return [`${at} must start with ${entryPoint} [entry-point]`];
  if (name === 'release' && args.join(' ') !== migrateArguments.join(' ')) {
    return [`${at} must run ${migrateArguments.join(' ')}, and nothing else [release-phase]`];
  }
  if (name === 'web' && args.length > 0) {
    return [`${at} must have no arguments: the port comes from PORT [web-arguments]`];
  }
  return [];
}

/** What is wrong with a Procfile. */
export function procfileFindings(text: string): string[] {
  const { processes, unreadable } = parseProcfile(text);
  const names = processes.map(({ name }) => name);
  return [
    ...unreadable.map((line) => `Procfile:${line}: must be "name: command" [procfile-line]`),
    ...processes
      .filter(({ name }, index) => names.indexOf(name) !== index)
      .map(
        ({ line, name }) =>
          `Procfile:${line}: ${name} occurs twice, and Heroku takes one of them [duplicate-process]`,
      ),
    ...['web', 'release']
      .filter((name) => !names.includes(name))
      .map((name) => `Procfile: has no process ${name} [missing-process]`),
    ...processes.flatMap(commandFindings),
  ];
}
