import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import {
  circles,
  folderCircles,
  layerFaults,
  longFiles,
  longFunctions,
  processUsers,
} from './support/layers.ts';
import { projectSources, readSources, type Source, type Sources } from './support/source-files.ts';

function madeUp(files: Record<string, readonly string[]>, more: Partial<Source> = {}): Sources {
  const source = { hasOpaqueImport: false, usesProcess: false, lines: 10, functions: [], ...more };
  return new Map(Object.entries(files).map(([file, imports]) => [file, { ...source, imports }]));
}

describe('architecture', () => {
  let sources: Sources;
  before(function () {
    // The compiler parses every source, which takes long on a busy machine.
    this.timeout(120_000);
    sources = projectSources();
  });

  it('is read from the files themselves', () => {
    expect(sources.get('app/config/config.ts')?.imports).to.include('app/config/reader.ts');
  });

  it('imports only downwards', () => {
    expect(layerFaults(sources)).to.deep.equal([]);
  });

  it('has no circle of imports between files', () => {
    expect(circles(sources)).to.deep.equal([]);
  });

  it('has no circle of imports between folders', () => {
    expect(folderCircles(sources)).to.deep.equal([]);
  });

  it('touches the process only in its entries and commands', () => {
    expect(processUsers(sources)).to.deep.equal([]);
  });

  it('has no file longer than 220 lines', () => {
    expect(longFiles(sources, 220)).to.deep.equal([]);
  });

  it('has no function longer than 60 lines', () => {
    expect(longFunctions(sources, 60)).to.deep.equal([]);
  });
});

describe('the check of the architecture', () => {
  const refused: readonly [title: string, from: string, to: string][] = [
    ['a store that imports a feature', 'app/store/tables/users.ts', 'app/features/login/login.ts'],
    ['a store that imports HTTP', 'app/store/tables/users.ts', 'app/http/problem.ts'],
    ['HTTP that imports a feature', 'app/http/app.ts', 'app/features/login/login.ts'],
    ['a job that imports a feature', 'app/jobs/purge.ts', 'app/features/tokens/signing-keys.ts'],
    ['a feature that imports compose', 'app/features/login/login.ts', 'app/compose.ts'],
    ['a feature that imports a command', 'app/features/login/login.ts', 'app/commands/serve.ts'],
    [
      'a feature that imports an inner file of another',
      'app/features/login/login.ts',
      'app/features/sessions/internal/refresh-token.ts',
    ],
    [
      'a feature that imports the endpoints of another',
      'app/features/login/login.ts',
      'app/features/sessions/endpoints.ts',
    ],
    ['compose that imports an inner file', 'app/compose.ts', 'app/features/sessions/internal/rotation.ts'],
    ['a leaf that imports a store', 'app/observe/log.ts', 'app/store/postgres/postgres-database.ts'],
    ['errors that import a leaf', 'app/errors.ts', 'app/config/config.ts'],
    ['a configuration that imports errors', 'app/config/config.ts', 'app/errors.ts'],
    ['a file that belongs to no layer', 'app/utils.ts', 'app/errors.ts'],
    ['an import of a file that belongs to no layer', 'app/http/app.ts', 'app/helpers/text.ts'],
    ['an application that imports tests', 'app/features/login/login.ts', 'test/support/stores.ts'],
    ['an application that imports charts', 'app/main.ts', 'charts-ts/values/load-values.ts'],
    [
      'a chart that imports more of the application than its configuration',
      'charts-ts/main.ts',
      'app/errors.ts',
    ],
  ];
  for (const [title, from, to] of refused) {
    it(`refuses ${title}`, () => {
      expect(layerFaults(madeUp({ [from]: [to] })).join()).to.contain(`${from} -> ${to}: `);
    });
  }

  it('allows every way down, neighbours, packages and data', () => {
    const sources = madeUp({
      'app/main.ts': ['app/commands/serve.ts', 'app/errors.ts'],
      'app/commands/serve.ts': ['app/compose.ts', 'app/open-stores.ts', 'koa', '@koa/router', 'node:fs'],
      'app/compose.ts': ['app/http/app.ts', 'package.json'],
      'app/features/login/login.ts': [
        'app/features/login/internal/login-record.ts',
        'app/features/sessions/sessions.ts',
        'app/http/route/endpoint.ts',
        'app/store/store.ts',
      ],
      'app/http/app.ts': ['app/http/problem.ts', 'app/store/tables/users.ts', 'app/observe/log.ts'],
      'app/config/config.ts': ['app/config/reader.ts', 'app/config/cgroup.ts'],
      'charts-ts/main.ts': ['charts-ts/values/load-values.ts', 'app/config/config.ts', 'cdk8s'],
    });
    expect(layerFaults(sources)).to.deep.equal([]);
  });

  it('refuses an application that imports what it computes', () => {
    expect(layerFaults(madeUp({ 'app/main.ts': [] }, { hasOpaqueImport: true }))).to.have.length(1);
  });

  it('finds a circle once, however it is entered', () => {
    const sources = madeUp({ 'd.ts': ['b.ts'], 'b.ts': ['c.ts'], 'c.ts': ['a.ts'], 'a.ts': ['b.ts'] });
    expect(circles(sources)).to.deep.equal(['a.ts -> b.ts -> c.ts -> a.ts']);
  });

  it('finds a file that imports itself', () => {
    expect(circles(madeUp({ 'a.ts': ['a.ts'] }))).to.deep.equal(['a.ts -> a.ts']);
  });

  it('finds no circle where two ways lead to one file', () => {
    const sources = madeUp({ 'a.ts': ['b.ts', 'c.ts'], 'b.ts': ['d.ts'], 'c.ts': ['d.ts'], 'd.ts': [] });
    expect(circles(sources)).to.deep.equal([]);
  });

  it('finds a circle between folders that no circle of files shows', () => {
    const sources = madeUp({
      'app/features/login/login.ts': ['app/features/sessions/sessions.ts'],
      'app/features/sessions/states.ts': ['app/features/login/throttle.ts'],
    });
    expect(circles(sources)).to.deep.equal([]);
    expect(folderCircles(sources)).to.deep.equal([
      'app/features/login -> app/features/sessions -> app/features/login',
    ]);
  });

  it('finds no circle between a folder and the files beside it', () => {
    const sources = madeUp({
      'app/http/app.ts': ['app/http/server/server.ts'],
      'app/http/server/server.ts': ['app/http/problem.ts', 'app/http/middleware/cors.ts'],
    });
    expect(folderCircles(sources)).to.deep.equal([]);
  });

  it('lets only entries and commands touch the process', () => {
    const files = [
      'app/main.ts',
      'app/threads.cts',
      'app/commands/serve.ts',
      'app/main.tsx',
      'app/store/embedded/embedded-postgres.ts',
    ];
    const sources = madeUp(Object.fromEntries(files.map((file) => [file, []])), { usesProcess: true });
    expect(processUsers(sources)).to.deep.equal(['app/main.tsx', 'app/store/embedded/embedded-postgres.ts']);
  });

  it('measures files', () => {
    expect(longFiles(madeUp({ 'a.ts': [] }, { lines: 221 }), 220)).to.deep.equal(['a.ts: 221 lines']);
    expect(longFiles(madeUp({ 'a.ts': [] }, { lines: 220 }), 220)).to.deep.equal([]);
  });
});

describe('the reader of source files', () => {
  const text = [
    `import type { A } from './types.ts';`,
    `import type {\n  B,\n} from '../up.ts';`,
    `export * from './again.ts';`,
    `import './effect.ts';`,
    `const late = await import('./late.ts');`,
    `type C = import('./inline.ts').C;`,
    `import koa from 'koa';`,
    `// import './comment.ts'; process.exit()`,
    `const words = "import './text.ts'; process.env"; const more = \`import('./template.ts')\`;`,
    `const other = { process: 1 }; other.process;`,
  ].join('\n');
  let root: string;

  function read(source: string): Source | undefined {
    writeFileSync(path.join(root, 'app/in/file.ts'), source);
    return readSources(root, ['app']).get('app/in/file.ts');
  }

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'sources-'));
    mkdirSync(path.join(root, 'app/in'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('finds static, dynamic, re-exporting and type-only imports, and none in comments or strings', () => {
    const relative = ['types', 'again', 'effect', 'late', 'inline'].map((name) => `app/in/${name}.ts`);
    expect(read(text)?.imports).to.have.members([...relative, 'app/up.ts', 'koa']);
  });

  it('finds the process where it is used, imported or taken apart, and nowhere else', () => {
    expect(read(text)?.usesProcess).to.equal(false);
    expect(read('process.exit();')?.usesProcess).to.equal(true);
    expect(read('const { env } = process;')?.usesProcess).to.equal(true);
    expect(read(`import { env } from 'node:process';`)?.usesProcess).to.equal(true);
    expect(read('globalThis.process.exit();')?.usesProcess).to.equal(true);
  });

  it('measures each function without its docstring', () => {
    const functions = read('/** Says why. */\nfunction f() {\n  return () => 1;\n}')?.functions;
    expect(functions).to.deep.equal([
      { line: 2, lines: 3 },
      { line: 3, lines: 1 },
    ]);
  });

  it('tells an import with a computed target', () => {
    expect(read(text)?.hasOpaqueImport).to.equal(false);
    expect(read('const load = (name: string) => import(name);')?.hasOpaqueImport).to.equal(true);
  });
});
