import { readFile } from 'node:fs/promises';
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
 * Reads a password from a file, from the terminal, where it is typed twice, or from the first line of standard input. It is
 * never an argument, because every user of the machine can read those.
 * @param file for a Job, which has no standard input, but can mount a Secret
 * @throws Error when the two passwords differ, or the file cannot be read
 */
export async function readPassword(file?: string): Promise<string> {
  if (file !== undefined) return (await readFile(file, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  if (!process.stdin.isTTY) return firstLineOfInput();
  const password = await ask('Password: ');
  if ((await ask('Repeat the password: ')) !== password) throw new Error('the two passwords differ');
  return password;
}
