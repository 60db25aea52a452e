import { expect } from 'chai';
import { createFuzzer, type Fuzzer } from '../../tools/fuzz/fuzzer.ts';
import { report } from '../../tools/fuzz/report.ts';
import { runs as allRuns, seed as firstSeed, isLong } from '../../tools/fuzz/settings.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { onEachStore, storeKinds } from '../support/stores.ts';

/** The stores share the requests of npm test: what a request may do wrong rarely depends on the store. */
const runs = isLong ? allRuns : Math.ceil(allRuns / storeKinds.length);

onEachStore('Any request', (stores, kind) => {
  // Each store gets other requests.
  const seed = firstSeed + (isLong ? 0 : 1_000 * storeKinds.indexOf(kind));
  let app: TestApp;
  let fuzzer: Fuzzer;
  before(async () => {
    app = await startApp(stores(), { TRUSTED_PROXIES: '127.0.0.0/8', ALLOWED_HOSTS: '127.0.0.1' });
    fuzzer = await createFuzzer(app);
  });
  function expectNoSecrets(): void {
    const text = JSON.stringify(app.logged());
    expect(text).to.not.match(/Str[0o]ng-?[a-z]{5}|eyJhbGci|\$argon2/);
    for (const secret of fuzzer.secrets()) expect(text).to.not.include(secret);
  }

  after(async () => {
    // Whatever tests ran, and in whatever order.
    expectNoSecrets();
    fuzzer.close();
    await app.close();
    if (isLong) process.stdout.write(report(fuzzer.statusCounts, seed));
  });

  it('to an endpoint gets a documented answer in time, with all headers and without a secret', async function () {
    this.timeout(isLong ? 0 : 60_000);
    const share = Math.ceil((runs * 0.9) / fuzzer.operations.length);
    const failures: string[] = [];
    if (isLong) process.stdout.write(`fuzz: seed ${seed}, ${share} requests to each of\n`);
    for (const [index, operation] of fuzzer.operations.entries()) {
      if (isLong) process.stdout.write(`  ${operation.name}\n`);
      await fuzzer
        .fuzzEndpoint(operation, share, seed + index)
        .catch((error: Error) => failures.push(error.message));
    }
    expect(failures.join('\n\n')).to.equal('');
    expect([...fuzzer.statusCounts.keys()]).to.include.members(fuzzer.operations.map(({ name }) => name));
  });

  it('to any other path is refused in the same way', async function () {
    this.timeout(isLong ? 0 : 60_000);
    await fuzzer.fuzzUnknownPaths(Math.ceil(runs * 0.05), seed);
  });

  it('that is hardly HTTP gets such an answer or none', async function () {
    this.timeout(isLong ? 0 : 60_000);
    await fuzzer.fuzzBytes(Math.ceil(runs * 0.05), seed);
  });

  it('leaves no password and no token in the log', async function () {
    this.timeout(60_000);
    const login = fuzzer.operations.find(({ name }) => name === 'POST /api/v1/auth/login');
    if (!login) throw new Error('the login has no endpoint');
    await fuzzer.fuzzEndpoint(login, 20, seed);
    expect(JSON.stringify(app.logged())).to.include('/api/v1/auth/login');
    expectNoSecrets();
  });
});
