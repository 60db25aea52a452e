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
  const forms = isSecret(entry) ? [`${entry.name}_FILE`, ...(entry.path ? [entry.path.name] : [])] : [];
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

export function configurationPage(): string {
  return [head, ...sections.map(block)].join('\n');
}
