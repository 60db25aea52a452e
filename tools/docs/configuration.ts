import { type CommandName, commandNames, variablesOf } from '../../app/config/config.ts';
import { type AnyEntry, isSecret } from '../../app/config/entries.ts';
import { defaultOf, formatOf, productionRulesOf, type Section, sections } from './sections.ts';

const head = `# Configuration

\`npm run docs\` writes this page from \`app/config/variables.ts\`.

The service reads environment variables, and every command reads \`.env\` in its working folder first; the environment takes
precedence. An empty variable counts as unset. [.env.example](../.env.example) lists every variable and runs as it is.

If the configuration has faults, the service reports all of them at once and exits with status 78. A fault names the
variable, never its value.

A secret comes from its variable, or from the file that its \`_FILE\` form names, never from both. The service reads the file
again at each use, so a rotated secret needs no restart. While the file is missing, empty or invalid, the last valid secret
stays in use.
`;

function namesOf(entry: AnyEntry): string {
  const forms = isSecret(entry)
    ? [...(entry.alias ? [entry.alias] : []), `${entry.name}_FILE`, ...(entry.path ? [entry.path.name] : [])]
    : [];
  return [entry.name, ...forms].map((name) => `\`${name}\``).join('<br>or ');
}

function row(entry: AnyEntry): string {
  const { isComputed, text } = defaultOf(entry);
  const fallback = text === '' || isComputed ? text : `\`${text}\``;
  const rules = productionRulesOf(entry).map((rule) => `In production ${rule}.`);
  const cells = [namesOf(entry), fallback, formatOf(entry), [entry.help, ...rules].join(' ')];
  // A vertical bar would end its cell.
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|') || '–').join(' | ')} |`;
}

const block = ({ entries, title }: Section): string =>
  [
    `## ${title}\n`,
    '| Variable | Default | Value | Meaning |',
    '|---|---|---|---|',
    ...entries.map(row),
    '',
  ].join('\n');

const commandsHead = `## Commands

A command demands only what it reads, so \`migrate\` and the other commands for operators run with the URL of the database alone.
A fault of another variable does not stop the command: it logs the fault as a warning (event \`unused_variable_faulty\`).
\`migrate\` needs no DB_PRIMARY_DB_URL if it has DB_MIGRATION_URL and DB_SERVICE_ROLE. \`keys\` demands neither Redis nor a key.
Without the key that signs, it revokes a key with \`--force\` only. Without Redis, the end of sessions is not announced to the
replicas. \`verify\` demands nothing, and reads its variables only with \`--db\` and \`--redis\`.

| Command | Reads |
|---|---|
`;

/** \`serve\` reads all variables but those of other commands. */
function namesRead(command: CommandName): string {
  const names = variablesOf(command).map((name) => `\`${name}\``);
  return command === 'serve' ? 'all except `DB_MIGRATION_URL` and `DB_SERVICE_ROLE`' : names.join(', ');
}

const commandRows = commandNames.map((command) => `| \`${command}\` | ${namesRead(command)} |\n`);

export function configurationPage(): string {
  return [head, commandsHead + commandRows.join(''), ...sections.map(block)].join('\n');
}
