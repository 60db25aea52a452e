import { expect } from 'chai';
import { start } from '../support/process.ts';
import { onRealStore } from '../support/stores.ts';

onRealStore('A command in production that has the URL of the database alone', (stores) => {
  async function run(url: () => string, args: readonly string[], more: Record<string, string> = {}) {
    const variables = { ENV: 'production', DB_PRIMARY_DB_URL: `${url()}?sslmode=disable` };
    const running = start(args, { ...variables, ...more });
    return { status: await running.ended, output: running.output() };
  }

  // Directly, because a migration needs a session, which a pooler may not keep.
  it('migrates, and warns about a faulty variable that it does not read', async () => {
    const { output, status } = await run(stores().directUrl, ['migrate'], { REDIS_URL: 'http://redis' });
    expect(status, output).to.equal(0);
    expect(output).to.contain('the schema is up to date');
    expect(output).to.match(/"level":"warn".*"event":"unused_variable_faulty".*REDIS_URL must be/);
  });

  it('lists the keys', async () => {
    const { output, status } = await run(stores().url, ['keys', 'list']);
    expect(status, output).to.equal(0);
    expect(output).to.match(/^kid +first seen/m);
  });
});
