import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import {
  isArrowFunction,
  isCallExpression,
  isConstructorDeclaration,
  isFunctionDeclaration,
  isFunctionExpression,
  isIdentifier,
  isMethodDeclaration,
  isPropertyAccessExpression,
  isPropertyAssignment,
  isStringLiteral,
} from 'typescript/unstable/ast/is';
import { API } from 'typescript/unstable/sync';

export interface Source {
  /** Type-only and dynamic imports too. Files of ours as paths from the root, packages by their specifier. */
  readonly imports: readonly string[];
  /** Holds an `import(…)` whose target is computed, so that no one can tell what it loads. */
  readonly hasOpaqueImport: boolean;
  readonly usesProcess: boolean;
  readonly lines: number;
  /** Its functions, methods and constructors, nested ones too. */
  readonly functions: readonly { readonly line: number; readonly lines: number }[];
}

export type Sources = ReadonlyMap<string, Source>;

function contains(node: Node, isFound: (node: Node) => boolean): boolean {
  return isFound(node) || node.forEachChild((child) => contains(child, isFound) || undefined) === true;
}

/** The global `process`: not another object's property of that name. */
function isProcess(node: Node): boolean {
  if (!isIdentifier(node) || node.text !== 'process') return false;
  const { parent } = node;
  if (isPropertyAssignment(parent)) return parent.name !== node;
  if (!isPropertyAccessExpression(parent) || parent.name !== node) return true;
  return isIdentifier(parent.expression) && parent.expression.text === 'globalThis';
}

function isOpaqueImport(node: Node): boolean {
  if (!isCallExpression(node) || node.expression.kind !== SyntaxKind.ImportKeyword) return false;
  const [target] = node.arguments;
  return target === undefined || !isStringLiteral(target);
}

const isFunction = (node: Node): boolean =>
  isFunctionDeclaration(node) ||
  isFunctionExpression(node) ||
  isArrowFunction(node) ||
  isMethodDeclaration(node) ||
  isConstructorDeclaration(node);

const lineCount = (text: string): number => text.split('\n').length;

/** Line and length of every function; a docstring does not count as part of its function. */
function functionsOf(file: SourceFile): Source['functions'] {
  const found: Source['functions'][number][] = [];
  const walk = (node: Node): undefined => {
    if (isFunction(node)) {
      const text = file.text.slice(node.pos, node.end);
      const start = node.pos + (/^(?:\s|\/\/.*|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0);
      found.push({
        line: lineCount(file.text.slice(0, start)),
        lines: lineCount(file.text.slice(start, node.end)),
      });
    }
    node.forEachChild(walk);
  };
  walk(file);
  return found;
}

function describeSource(name: string, file: SourceFile): Source {
  const specifiers = file.imports.filter(isStringLiteral).map((node) => node.text);
  return {
    imports: specifiers.map((specifier) =>
      specifier.startsWith('.') ? path.posix.join(path.posix.dirname(name), specifier) : specifier,
    ),
    hasOpaqueImport: contains(file, isOpaqueImport),
    usesProcess:
      contains(file, isProcess) || specifiers.some((specifier) => /^(node:)?process$/.test(specifier)),
    lines: lineCount(file.text.trimEnd()),
    functions: functionsOf(file),
  };
}

/**
 * Makes a project of the TypeScript files in `folders` below `root`, and of nothing that they import: the declarations of
 * the packages are several times as long as the sources.
 * @returns its configuration file, in a folder that the caller removes
 */
function writeProject(root: string, folders: readonly string[]): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'project-')), 'tsconfig.json');
  const compilerOptions = { module: 'nodenext', noLib: true, noResolve: true, types: [] };
  writeFileSync(
    file,
    JSON.stringify({ compilerOptions, include: folders.map((name) => path.join(root, name)) }),
  );
  return file;
}

/** What `describe` says of every TypeScript file in `folders` below `root`, parsed by the compiler itself. */
export function mapSources<T>(
  root: string,
  folders: readonly string[],
  describe: (name: string, file: SourceFile) => T,
): Map<string, T> {
  const openProject = writeProject(root, folders);
  const api = new API({ cwd: root });
  try {
    const program = api.updateSnapshot({ openProject }).getProjects()[0]?.program;
    const names = folders
      .flatMap((folder) =>
        readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map(
          (name) => `${folder}/${name}`,
        ),
      )
      .filter((name) => /\.[cm]?ts$/.test(name));
    return new Map(
      names.map((name) => {
        const file = program?.getSourceFile(path.join(root, name));
        if (!file) throw new Error(`${name} is not part of the project`);
        return [name, describe(name, file)];
      }),
    );
  } finally {
    api.close();
    rmSync(path.dirname(openProject), { recursive: true });
  }
}

/** Reads every TypeScript file in `folders` below `root`. */
export const readSources = (root: string, folders: readonly string[]): Sources =>
  mapSources(root, folders, describeSource);

let project: Sources | undefined;

/** The sources of this project, which the compiler parses once in a process. */
export function projectSources(): Sources {
  project ??= readSources(process.cwd(), ['app', 'charts-ts', 'test', 'tools']);
  return project;
}

let service: Sources | undefined;

/** The sources of the service, which the compiler parses in a part of the time that the whole project takes. */
export function serviceSources(): Sources {
  service ??= readSources(process.cwd(), ['app']);
  return service;
}
