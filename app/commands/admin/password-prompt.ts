import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Reads a line from the terminal without echoing it. */
async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

async function firstLineOfInput(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

/**
 * Reads a password from the terminal, where it is typed twice, or from the first line of standard input. It is never an
 * argument, because every user of the machine can read those.
 * @throws Error when the two passwords differ
 */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLineOfInput();
  const password = await ask('Password: ');
  if ((await ask('Repeat the password: ')) !== password) throw new Error('the two passwords differ');
  return password;
}
