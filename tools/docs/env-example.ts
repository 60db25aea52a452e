import { type AnyEntry, isSecret } from '../../app/config/entries.ts';
import { defaultOf, formatOf, productionRulesOf, type Section, sections } from './sections.ts';

const width = 118;

const head = `Every variable of the service, with its default. \`npm run docs\` writes this file. Copy it to .env and edit the \
copy: every command reads .env in its working folder, and the environment takes precedence over .env. Unchanged, it runs \
in development on the embedded stores. Lines that are commented out have no fixed default and show an example. A secret \
comes from its variable or from the file that its _FILE form names, never from both.`;

/** Comment lines of at most `width` characters. */
function comment(text: string): string {
  return text.replace(new RegExp(`(.{1,${width - 2}})(?: |$)`, 'g'), '# $1\n').trimEnd();
}

function assignment(entry: AnyEntry): string[] {
  const { example, name } = entry;
  if (!isSecret(entry)) {
    const { isComputed, text } = defaultOf(entry);
    return [example === undefined && !isComputed ? `${name}=${text}` : `# ${name}=${example ?? ''}`];
  }
  const file = name.toLowerCase().replaceAll('_', '-');
  return [
    `# ${name}=${example ?? ''}`,
    ...(entry.alias ? [`# ${entry.alias}=${example ?? ''}`] : []),
    `# ${name}_FILE=/run/secrets/${file}`,
    ...(entry.path ? [`# ${entry.path.name}=${entry.path.example}`] : []),
  ];
}

function paragraph(entry: AnyEntry): string {
  const { isComputed, text } = defaultOf(entry);
  const sentences = [
    entry.help,
    ...(formatOf(entry) ? [`Value: ${formatOf(entry)}.`] : []),
    ...(isComputed ? [`Default: ${text}.`] : []),
    ...productionRulesOf(entry).map((rule) => `In production ${rule}.`),
  ];
  return [comment(sentences.join(' ')), ...assignment(entry)].join('\n');
}

const block = ({ entries, title }: Section): string =>
  [`# --- ${title} ${'-'.repeat(width - title.length - 7)}`, ...entries.map(paragraph)].join('\n\n');

export function envExample(): string {
  return `${[comment(head), ...sections.map(block)].join('\n\n')}\n`;
}
