import { blocksIn, placeOf, type Runbook } from '../support/runbooks.ts';
import { shellCommands } from '../support/shell-commands.ts';

/** A command line of the service in a page. */
export interface ServiceCommand {
  readonly place: string;
  readonly args: readonly string[];
}

/** `kubectl exec … -- auth-service doctor`, `npm run --silent doctor -- --from-logs -`, or null. */
function serviceArguments(words: readonly string[]): readonly string[] | null {
  const separator = words.indexOf('--');
  const inner = separator < 0 ? [] : words.slice(separator + 1);
  if (words[0] === 'kubectl' && inner[0] === 'auth-service') return inner.slice(1);
  if (words[0] !== 'npm' || words[1] !== 'run') return null;
  const name = words.slice(2).find((word) => !word.startsWith('-')) ?? '';
  return [name, ...inner];
}

/** Each different command line of the service in the blocks of the pages. */
export function serviceCommands(pages: readonly Runbook[]): ServiceCommand[] {
  const found = new Map<string, ServiceCommand>();
  for (const block of blocksIn(pages, 'bash'))
    for (const { words } of shellCommands(block.text)) {
      const args = serviceArguments(words);
      const key = args?.join(' ');
      if (args && key && !found.has(key)) found.set(key, { place: placeOf(block), args });
    }
  return [...found.values()];
}
