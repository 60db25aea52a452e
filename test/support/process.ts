import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runCompiledApp } from './compiled-app.ts';
import { readPrintedLine } from './log-lines.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Running {
  readonly child: ChildProcess;
  /** Everything printed so far, both streams. */
  output(): string;
  /** Resolves when the pattern has been printed; rejects when the process ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit status, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** The environment of the new process contains no other variables of this one. */
function environment(variables: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, ...variables };
}

/** Starts the executable as an operator does. */
export function start(
  args: readonly string[],
  variables: Record<string, string> = {},
  input?: string,
  /** The working folder. @default the root of the project */
  cwd = root,
): Running {
  return startNode([...runCompiledApp(), ...args], variables, input, cwd);
}

/** Calls `onLine` for each complete line. A killed process may leave an incomplete one. */
function createLineReader(onLine: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}

/** Starts Node.js with these arguments. The lines of its log are compared with the schema, as those of the tests themselves. */
export function startNode(
  args: readonly string[],
  variables: Record<string, string> = {},
  input?: string,
  cwd = root,
): Running {
  const child = spawn(process.execPath, args, {
    cwd,
    env: environment(variables),
    stdio: 'pipe',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    const readLines = createLineReader(readPrintedLine);
    stream?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      readLines(chunk);
      child.emit('printed');
    });
  }
  child.stdin?.end(input ?? '');
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    child,
    ended,
    output: () => text,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(text);
          if (match) resolve(match);
        };
        child.on('printed', look);
        look();
        void ended.then((status) => reject(new Error(`ended with ${status} before ${pattern}:\n${text}`)));
      }),
  };
}
