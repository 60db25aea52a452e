import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Folders without documents of this project. */
const skipped = new Set(['node_modules', 'dist', 'coverage', 'k8s-out', '.git', '.data']);

/** Every Markdown file below `folder`, as paths from the working folder. */
export function markdownFiles(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : markdownFiles(file);
    return entry.name.endsWith('.md') ? [file] : [];
  });
}

/** Without blocks of code, whose brackets are no links. */
function withoutCodeBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}

/** The anchor that GitHub gives to a heading: `## Key rotation` → `key-rotation`. */
export function anchorsOf(text: string): string[] {
  const headings = withoutCodeBlocks(text).match(/^#+ .*$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function linkFault(file: string, target: string): string | null {
  const [name = '', anchor] = target.split('#');
  const resolved = name === '' ? file : path.posix.join(path.posix.dirname(file), name);
  if (!existsSync(resolved)) return `${file}: ${target} does not exist`;
  const hasAnchor =
    !anchor || !statSync(resolved).isFile() || anchorsOf(readFileSync(resolved, 'utf8')).includes(anchor);
  return hasAnchor ? null : `${file}: ${target} has no such heading`;
}

/** Each relative link of a document that leads nowhere. */
export function linkFaults(file: string, text: string): string[] {
  const links = withoutCodeBlocks(text).matchAll(/\]\(([^)\s]+)\)/g);
  return [...links].flatMap(([, target = '']) =>
    /^[a-z]+:/.test(target) ? [] : (linkFault(file, target) ?? []),
  );
}

const ourFolders = /^(?:app|charts-ts|docs|k8s-out|migrations|test|tools|\.ci)\//;

/** Each path in inline code, such as `app/errors.ts`, that does not exist. Patterns and placeholders are left out. */
export function pathFaults(file: string, text: string): string[] {
  const spans = [...withoutCodeBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return spans
    .filter((span) => ourFolders.test(span) && !/[*<>{}…\s]|NNNN/.test(span))
    .filter((span) => !existsSync(span.replace(/:\d+$/, '')))
    .map((span) => `${file}: ${span} does not exist`);
}

/** Each `npm run` in a document whose script package.json does not have. */
export function scriptFaults(file: string, text: string): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const names = [...text.matchAll(/\bnpm run (?:--silent )?([\w-]+(?::[\w-]+)*)/g)].map(
    ([, name = '']) => name,
  );
  return names.filter((name) => !(name in scripts)).map((name) => `${file}: npm run ${name} does not exist`);
}
