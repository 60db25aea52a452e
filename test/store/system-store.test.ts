import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { Database } from '../../app/store/postgres/database.ts';
import { loadQueries, type QueryName } from '../../app/store/postgres/queries.ts';
import { createStore, reads } from '../../app/store/store.ts';

const sources = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(`app/${name}`, 'utf8') }));

const mentioning = (word: RegExp, folder: RegExp): string[] =>
  sources.filter(({ name, text }) => folder.test(name) && word.test(text)).map(({ name }) => name);

/** A change that no user made, or whose user has no session yet: nobody's permission can be checked. */
const withoutCaller = [
  'features/login/login.ts',
  // Reads the secret of the service that hides the names of accounts from Redis.
  'features/login/login-accounts.ts',
  'features/passwords/password-reset.ts',
  'features/registration/register.ts',
  'features/sessions/internal/rotation.ts',
  // Opens sessions for the login.
  'features/sessions/sessions.ts',
  // Records attempts that were refused.
  'features/step-up/step-up.ts',
];

describe('Changes without a caller', () => {
  it('are made by registration, login, refresh and password reset, for records of refusals, and by no other feature', () => {
    // RotationServices contains a SystemStore.
    const pattern = /\b(?:SystemStore|RotationServices|createStore)\b/;
    expect(mentioning(pattern, /^(?:features|http)\//)).to.have.members(withoutCaller);
  });

  it('cannot be made through the tables themselves', () => {
    const pattern = /\b(?:create\w+Store|lockCaller)\(/;
    expect(mentioning(pattern, /^(?!store\/|compose|open-stores|commands\/serve)/)).to.deep.equal([]);
  });
});

describe('A caller', () => {
  it('is made by the dispatcher only', () => {
    expect(mentioning(/\bcreateCaller\b/, /^(?!store\/caller)/)).to.deep.equal(['http/route/dispatch.ts']);
  });
});

describe('The methods that a feature may call without a caller', () => {
  const texts = loadQueries();

  /** The queries that a method sends. It gets an argument that every read accepts. */
  async function queriesOf(table: keyof typeof reads, method: string): Promise<QueryName[]> {
    const sent: QueryName[] = [];
    const database: Database = {
      async query(name) {
        sent.push(name);
        // reason: the methods only pass the rows on.
        return [{}] as never;
      },
      transaction: () => Promise.reject(new Error(`${table}.${method} begins a transaction`)),
      close: async () => undefined,
    };
    const store = createStore(database)[table] as unknown as Record<string, (query: object) => unknown>;
    await store[method]?.({ limit: 1, prefix: 'a' });
    return sent;
  }

  for (const [table, methods] of Object.entries(reads)) {
    for (const method of methods) {
      it(`neither write nor lock: ${table}.${method}`, async () => {
        const sent = await queriesOf(table as keyof typeof reads, method);
        expect(sent).to.have.length(1);
        for (const name of sent) {
          // A text may name a privilege.
          expect(texts.text(name).replaceAll(/'[^']*'/g, "''"))
            .to.match(/^(?:--.*\n)*select\b/)
            .and.not.match(/\b(?:insert|update|delete|share|merge)\b/);
        }
      });
    }
  }
});

/** Feature code, and the error that TypeScript reports for it, or null. */
const snippets: Record<string, readonly [code: string, error: RegExp | null]> = {
  'a change on behalf of a user': [
    `endpoint('POST /x', user, ({ caller }) => store.changeAs(caller, async () => ({})))`,
    null,
  ],
  'an action of an administrator at an endpoint for administrators': [
    `endpoint('POST /x', admin, async (call) => ({ data: await administration.deleteUser(actorOf(call), '') }))`,
    null,
  ],
  'an action of a user at an endpoint for administrators': [
    `endpoint('POST /x', admin, async ({ caller, client }) => ({ data: await accounts.remove(caller, '', client) }))`,
    null,
  ],
  'a change without a transaction': [
    `endpoint('POST /x', user, async () => ({ data: await store.users.softDelete('') }))`,
    /TS2339: Property 'softDelete' does not exist/,
  ],
  'a transaction without a caller': [
    `endpoint('POST /x', user, () => store.transaction(async () => ({})))`,
    /TS2339: Property 'transaction' does not exist/,
  ],
  'a change at an open endpoint': [
    `endpoint('POST /x', open, ({ caller }) => store.changeAs(caller, async () => ({})))`,
    /TS2345: Argument of type 'undefined'/,
  ],
  'an action of an administrator at an endpoint for users': [
    `endpoint('POST /x', user, async (call) => ({ data: await administration.deleteUser(actorOf(call), '') }))`,
    /TS2345: .*is not assignable to parameter of type 'Administrator'/,
  ],
  'a caller made of a session': [
    `(session: ActiveSession) => store.changeAs(session, async () => ({}))`,
    /TS2741: Property '\[requiredRole\]' is missing/,
  ],
  'a caller made of the fields of one': [
    `(session: ActiveSession) => store.changeAs({ ...session, requiredRole: null }, async () => ({}))`,
    /TS2353: .*'requiredRole' does not exist in type 'Caller/,
  ],
};

const preamble = (root: string): string =>
  `import type { Accounts } from '${root}/app/features/accounts/accounts.ts';
import type { Administration } from '${root}/app/features/administration/administration.ts';
import { actorOf } from '${root}/app/features/audit/audit-log.ts';
import { endpoint } from '${root}/app/http/route/endpoint.ts';
import type { Store } from '${root}/app/store/store.ts';
import type { ActiveSession } from '${root}/app/store/tables/sessions.ts';
declare const store: Store;
declare const accounts: Accounts;
declare const administration: Administration;
const of = { summary: '', answers: {} };
const open = { ...of, access: 'open' } as const;
const user = { ...of, access: 'user' } as const;
const admin = { ...of, access: 'admin' } as const;
export const all = [store, accounts, administration, endpoint, actorOf, open, user, admin] as const;
export type { ActiveSession };
`;

describe('TypeScript', () => {
  const errors = new Map<string, string>();
  const titles = Object.keys(snippets);

  before(function () {
    // The compiler is a process of its own, which a busy machine may keep waiting.
    this.timeout(60_000);
    const [root, folder] = [resolve('.'), mkdtempSync(join(tmpdir(), 'snippets-'))];
    const compilerOptions = {
      typeRoots: [join(root, 'node_modules/@types')],
      rewriteRelativeImportExtensions: false,
    };
    const extending = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['.'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(extending));
    titles.forEach((title, n) => {
      const code = `${preamble(root)}export const snippet = ${snippets[title]?.[0]};\n`;
      writeFileSync(join(folder, `${n}.mts`), code);
    });
    const { stdout } = spawnSync(
      process.execPath,
      // Several threads would each check the types that they share.
      [join(root, 'node_modules/typescript/lib/tsc.js'), '--singleThreaded', '-p', folder],
      { encoding: 'utf8' },
    );
    rmSync(folder, { recursive: true });
    for (const line of stdout.split('\n')) {
      const [, n, error] = /(\d+)\.mts\(\d+,\d+\): error (TS.*)$/.exec(line) ?? [];
      if (n && error) errors.set(titles[Number(n)] ?? '', error);
    }
  });

  for (const [title, [, error]] of Object.entries(snippets)) {
    it(`${error ? 'refuses' : 'accepts'} ${title}`, () => {
      if (error) expect(errors.get(title)).to.match(error);
      else expect(errors.get(title)).to.equal(undefined);
    });
  }
});
