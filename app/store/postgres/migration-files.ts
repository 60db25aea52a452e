import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
  /** The only statement of the file must run outside of a transaction. */
  readonly isConcurrent: boolean;
}

export const migrationFolder = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** A concurrent statement runs outside of a transaction, so a failure could not undo the other statements of its file. */
function checkConcurrent(name: string, text: string): boolean {
  const statements = text
    .replace(/--.*$/gm, '')
    .split(';')
    .filter((statement) => statement.trim());
  if (!statements.some((statement) => /\bindex\s+concurrently\b/i.test(statement))) return false;
  if (statements.length !== 1) throw new Error(`${name}: a concurrent statement must be alone in its file`);
  return true;
}

/**
 * `0001_init.sql` and so on, in order.
 * @throws Error when there is none: an empty folder is a packaging error
 */
export function readMigrations(folder: string): Migration[] {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const names = files.filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  if (names.length === 0) throw new Error(`no migration found in ${folder}`);
  return names.map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    const checksum = createHash('sha256').update(text).digest('hex');
    return { name, text, checksum, isConcurrent: checkConcurrent(name, text) };
  });
}

/** The name of the index that the statement creates concurrently, or null for any other statement. */
export function concurrentIndex(text: string): string | null {
  const create = /create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?\s+on\b/i;
  return create.exec(text)?.[1] ?? null;
}

/**
 * What distinguishes the migrations of this version from those of a database.
 * @param applied the checksum of each applied migration by its name
 */
export function compareMigrations(files: readonly Migration[], applied: ReadonlyMap<string, string>) {
  const names = new Set(files.map((file) => file.name));
  return {
    missing: files.filter((file) => !applied.has(file.name)),
    /** Names of files whose text is not the text that was applied. */
    changed: files
      .filter((file) => (applied.get(file.name) ?? file.checksum) !== file.checksum)
      .map((file) => file.name),
    /** Names of a newer version of the service. They are accepted, so that a rollback works. */
    unknown: [...applied.keys()].filter((name) => !names.has(name)),
  };
}
