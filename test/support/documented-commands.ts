import { existsSync, readFileSync } from 'node:fs';
import { commandLineFault } from './command-line.ts';
import { markdownFiles } from './markdown.ts';
import { shellCommands } from './shell-commands.ts';

/** A script in a document. */
export interface Script {
  readonly file: string;
  /** Its first line, counted from 1. */
  readonly line: number;
  readonly text: string;
  /** Inline code is checked only if it calls one of our programs: most of it is no command. */
  readonly isInline: boolean;
}

const languages = new Set(['bash', 'sh', 'shell', 'console', '']);

/** What readers replace: `<id>`. */
const withoutPlaceholders = (text: string): string =>
  text.replaceAll(/<([a-z][\w -]*)>/gi, (_, name: string) => name.replaceAll(' ', '-'));

/** The blocks of code for a shell and the inline code of a document. */
export function scriptsOf(file: string, document: string): Script[] {
  const scripts: Script[] = [];
  let block: { line: number; language: string; lines: string[]; indent: string } | null = null;
  for (const [index, line] of document.split('\n').entries()) {
    const [, indent = '', language = ''] = /^(\s*)```(\S*)/.exec(line) ?? [];
    const isFence = line.trimStart().startsWith('```');
    if (block && isFence) {
      const text = withoutPlaceholders(block.lines.join('\n'));
      // A block without a language is often no script.
      if (languages.has(block.language))
        scripts.push({ file, line: block.line, text, isInline: block.language === '' });
      block = null;
    } else if (block)
      block.lines.push(line.startsWith(block.indent) ? line.slice(block.indent.length) : line);
    else if (isFence) block = { line: index + 2, language, lines: [], indent };
    else
      for (const [, code = ''] of line.matchAll(/`([^`]+)`/g))
        scripts.push({ file, line: index + 1, text: withoutPlaceholders(code), isInline: true });
  }
  return scripts;
}

/** Every script of the documents. The changelog and the decisions also name what is gone. */
export const documentedScripts = (): Script[] =>
  markdownFiles()
    .filter((file) => file !== 'CHANGELOG.md' && !file.startsWith('docs/decisions/'))
    .flatMap((file) => scriptsOf(file, readFileSync(file, 'utf8')));

const { scripts: npmScripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>;
};

/** What follows the options of a command. @param valued options that take a value */
function operands(words: readonly string[], valued: readonly string[]): readonly string[] {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return words.slice(at + 1);
    if (!word.startsWith('-')) return words.slice(at);
    if (valued.includes(word)) at += 1;
  }
  return [];
}

/** Words in the place of which a reader writes a value, and a value that the program accepts. */
const placeholders: Readonly<Record<string, string>> = {
  URL: 'https://auth.example.com',
  KID: 'k'.repeat(43),
  // Variables that a page of docs/runbooks asks the reader to set.
  $URL: 'https://auth.example.com',
  $KID: 'k'.repeat(43),
};

async function serviceFault(args: readonly string[]): Promise<string | null> {
  const given = args.filter((word) => word !== '…').map((word) => placeholders[word] ?? word);
  return commandLineFault(args.length > 0 ? given : ['serve']);
}

async function npmFault([verb = '', ...rest]: readonly string[]): Promise<string | null> {
  if (['ci', 'install', 'audit', 'sbom'].includes(verb)) return null;
  const [name = verb, ...args] =
    verb === 'run' ? rest.filter((word) => word !== '--silent') : [verb, ...rest];
  const script = npmScripts[name];
  if (!script) return `npm has no script ${name}`;
  const [, command] = /app\/main\.ts ([a-z]+)$/.exec(script) ?? [];
  if (!command) return null;
  const [separator, ...own] = args;
  if (separator !== undefined && separator !== '--') return 'npm passes options on after -- only';
  return serviceFault([command, ...own]);
}

async function nodeFault(args: readonly string[]): Promise<string | null> {
  const [program = '', ...rest] = operands(args, ['--require', '-e', '--eval', '-p']);
  if (program === 'dist/main.js') return serviceFault(rest);
  const isScript = args.some((word) => ['-e', '-p', '--eval', '--version'].includes(word));
  return isScript || existsSync(program) ? null : `there is no file ${program}`;
}

const composeVerbs = 'up down exec run ps logs restart pull build config stop rm cp create images version';
const kubectlVerbs =
  'apply exec get create rollout logs describe delete diff annotate scale top port-forward wait edit patch label kustomize set cp run drain';

async function composeFault(args: readonly string[]): Promise<string | null> {
  const [verb = '', ...rest] = operands(args, [
    '--file',
    '-f',
    '--profile',
    '--env-file',
    '--project-directory',
  ]);
  if (!composeVerbs.split(' ').includes(verb)) return `docker compose has no command ${verb}`;
  if (verb !== 'exec' && verb !== 'run') return null;
  const [, ...inner] = operands(rest, [
    '--user',
    '-u',
    '--env',
    '-e',
    '--volume',
    '-v',
    '--entrypoint',
    '--name',
  ]);
  return verb === 'run' &&
    inner.length > 0 &&
    !rest.includes('--entrypoint') &&
    !/^(?:bash|sh|psql)$/.test(inner[0] ?? '')
    ? serviceFault(inner)
    : commandFault(inner);
}

async function kubectlFault(args: readonly string[]): Promise<string | null> {
  const [verb = ''] = operands(args, ['-n', '--namespace', '--context']);
  if (!kubectlVerbs.split(' ').includes(verb)) return `kubectl has no command ${verb}`;
  const separator = args.indexOf('--');
  return verb === 'exec' && separator >= 0 ? commandFault(args.slice(separator + 1)) : null;
}

/** Programs whose arguments are resolved, and how. */
const resolvers: Readonly<Record<string, (args: readonly string[]) => Promise<string | null>>> = {
  'auth-service': serviceFault,
  npm: npmFault,
  node: nodeFault,
  // A version names a package that npx installs.
  npx: async (args) => {
    const [program = ''] = operands(args, []);
    const isThere = program.includes('@') || existsSync(`node_modules/.bin/${program}`);
    return isThere ? null : `node_modules has no program ${program}`;
  },
  docker: async ([verb, ...rest]) => (verb === 'compose' ? composeFault(rest) : null),
  kubectl: kubectlFault,
  eval: async (args) =>
    commandFault(shellCommands(args.join(' ').replaceAll('$(…)', 'substituted'))[0]?.words ?? []),
  heroku: async (args) => (args[0] === 'run' ? commandFault(args.slice(args.indexOf('--') + 1)) : null),
};

/** Programs of the reader's machine. Tests of docs/deploy run or parse what the pages do with them. */
const known = new Set(
  'age age-keygen sha256sum gzip sort uniq aws az gcloud helm kind curl jq openssl psql pg_dump redis-cli git tar cp mv mkdir chmod chown chgrp cat echo printf read cd ls tee sed grep head tail sleep test source export set unset umask ssh scp rsync systemctl journalctl certbot apt-get install nginx docker podman ip sysctl promtool ufw crontab dig ln rm touch su bash sh env true kill wait'.split(
    ' ',
  ),
);

/** Why a command of a document cannot work, or null. */
export async function commandFault(words: readonly string[]): Promise<string | null> {
  const [program = '', ...args] = words;
  const resolve = Object.hasOwn(resolvers, program) ? resolvers[program] : undefined;
  if (resolve) return resolve(args);
  if (/^\.{0,2}\/|^(?:tools|test)\//.test(program) || program.endsWith('.sh'))
    return program.startsWith('/') || existsSync(program) ? null : `there is no file ${program}`;
  // A variable of the same script.
  if (program.startsWith('$')) return null;
  return known.has(program) ? null : `${program} is not among the known programs`;
}

/** A sentence may name a command or an option without its arguments. A block of code is copied as it is. */
const isMention =
  /required option|is required|missing required argument|argument missing|^Usage: |has no command $/;

/** Each command of a script that cannot work, with its place. */
export async function scriptFaults({ file, isInline, line, text }: Script): Promise<string[]> {
  const faults: string[] = [];
  // Most inline code is no script, and need not be one.
  if (isInline && !Object.hasOwn(resolvers, /^\S+/.exec(text)?.[0] ?? '')) return faults;
  for (const { line: at, words } of shellCommands(text, line)) {
    const fault = await commandFault(words);
    if (fault === null || (isInline && isMention.test(fault))) continue;
    faults.push(`${file}:${at}: ${words.join(' ')}: ${fault}`);
  }
  return faults;
}
