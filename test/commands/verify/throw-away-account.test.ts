import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { cleanUp } from '../../../app/commands/verify/account/clean-up.ts';
import { createStateFolder, defaultStateFolder } from '../../../app/commands/verify/account/state-folder.ts';
import { createThrowAwayAccount } from '../../../app/commands/verify/account/throw-away-account.ts';
import { createHttpClient, type HttpClient } from '../../../app/commands/verify/http/client.ts';
import { createTarget } from '../../../app/commands/verify/http/target.ts';
import type { TestApp } from '../../support/app.ts';
import { onRealStore } from '../../support/stores.ts';
import { until } from '../../support/until.ts';
import { createScratchState, idsOf, problemsOf, runVerify, startLimitedApp } from './support/run-verify.ts';

onRealStore('The account of auth-service verify', (stores) => {
  let app: TestApp;
  let state: ReturnType<typeof createScratchState>;
  // One for each test: the tests together are more than the limits of one client.
  beforeEach(async () => {
    app = await startLimitedApp(stores(), {});
    state = createScratchState();
  });
  afterEach(async () => {
    state.remove();
    await app.close();
  });

  const url = () => `http://127.0.0.1:${app.port}`;
  const isKnown = async (email: string): Promise<boolean> =>
    (await stores().database.query('users/find_by_email', [email])).length > 0;

  async function withClient<T>(work: (http: HttpClient) => Promise<T>): Promise<T> {
    const http = createHttpClient(createTarget(new URL(url())), { maxRequests: 10, timeout: 10_000 });
    try {
      return await work(http);
    } finally {
      http.close();
    }
  }

  /** What is there after a run was killed right after this step. */
  const killedAfter = (step: 'file' | 'registration' | 'login') =>
    withClient(async (http) => {
      const none = { send: () => Promise.reject(new Error('killed')) };
      const account = createThrowAwayAccount({
        url: url(),
        http: step === 'file' ? none : http,
        deletionHttp: none,
        stateFolder: state.folder,
      });
      await account.register().catch(() => undefined);
      if (step === 'login') await account.login('first');
      return account.email;
    });

  for (const step of ['registration', 'login'] as const)
    it(`is deleted by --cleanup if the run was killed after the ${step}`, async () => {
      const email = await killedAfter(step);
      expect(await isKnown(email)).to.equal(true);
      const cleaned = await withClient((http) => cleanUp(http, state.folder, url()));
      expect(cleaned).to.deep.equal({ deleted: [email], absent: [], left: [] });
      expect(await isKnown(email)).to.equal(false);
      expect(readdirSync(state.folder.path)).to.deep.equal([]);
    });

  it('is forgotten by --cleanup if the run was killed before the registration', async () => {
    const email = await killedAfter('file');
    expect(readdirSync(state.folder.path)).to.have.length(1);
    const cleaned = await withClient((http) => cleanUp(http, state.folder, url()));
    expect(cleaned).to.deep.equal({ deleted: [], absent: [email], left: [] });
    expect(readdirSync(state.folder.path)).to.deep.equal([]);
  });

  it('stays in the state folder while it cannot be deleted', async () => {
    const email = await killedAfter('login');
    const none = { send: () => Promise.reject(new Error('no route')) };
    const cleaned = await cleanUp(none, state.folder, url());
    expect(cleaned).to.deep.equal({ deleted: [], absent: [], left: [{ email, reason: 'no route' }] });
    expect(readdirSync(state.folder.path)).to.have.length(1);
  });

  it('is deleted when the run is interrupted in the middle of the registration', async () => {
    const interruption = new AbortController();
    const running = runVerify({ url: url(), stateFolder: state.folder, signal: interruption.signal });
    // The file is there before the request is sent.
    const files = () => (existsSync(state.folder.path) ? readdirSync(state.folder.path) : []);
    await until(() => files().length > 0);
    const email = `${files()[0]?.replace('.json', '')}@verify.invalid`;
    interruption.abort();
    const verified = await running;
    expect(idsOf(verified, 'skipped')).to.include.members(['logout', 'account-deletion']);
    expect(verified.leftover).to.equal(null);
    expect(readdirSync(state.folder.path)).to.deep.equal([]);
    expect(await isKnown(email)).to.equal(false);
  });

  it('has its folder below XDG_STATE_HOME, or in the temporary folder', () => {
    expect(defaultStateFolder({ XDG_STATE_HOME: '/state' })).to.equal('/state/auth-service-verify');
    expect(defaultStateFolder({})).to.equal(join(tmpdir(), 'auth-service-verify'));
  });

  it('is not written where another user could read it', async () => {
    mkdirSync(state.folder.path, { mode: 0o755 });
    const saving = state.folder.save('verify-1', { url: url(), email: 'a@x.invalid', password: 'p' });
    expect(await saving.catch((error) => error.message)).to.contain('mode 0700');
    expect(readdirSync(state.folder.path)).to.deep.equal([]);
  });

  it('is in a file that only its user may read, while it exists', async () => {
    await state.folder.save('verify-1', { url: 'http://x.invalid', email: 'a@x.invalid', password: 'p' });
    const file = join(state.folder.path, 'verify-1.json');
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    expect(statSync(state.folder.path).mode & 0o777).to.equal(0o700);
    expect([...(await state.folder.list('http://x.invalid')).keys()]).to.deep.equal(['verify-1']);
    expect([...(await state.folder.list('http://y.invalid')).keys()]).to.deep.equal([]);
  });

  it('is created with a warning where the state folder cannot be written', async () => {
    const verified = await runVerify({
      url: `http://127.0.0.1:${app.port}`,
      stateFolder: createStateFolder('/dev/null/none'),
    });
    expect(idsOf(verified, 'failed'), problemsOf(verified)).to.deep.equal([]);
    expect(idsOf(verified, 'warning')).to.deep.equal(['state-folder']);
    expect(idsOf(verified, 'passed')).to.include('account-deletion');
  });
});
