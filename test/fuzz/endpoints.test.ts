import { expect } from 'chai';
import { type Campaign, createCampaign } from '../../tools/fuzz/campaign.ts';
import { report } from '../../tools/fuzz/report.ts';
import { isLong, runs, seed } from '../../tools/fuzz/settings.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { onEachStore } from '../support/stores.ts';

onEachStore('Any request whatever', (stores) => {
  let app: TestApp;
  let campaign: Campaign;
  before(async () => {
    app = await startApp(stores(), { TRUSTED_PROXIES: '127.0.0.0/8', ALLOWED_HOSTS: '127.0.0.1' });
    campaign = await createCampaign(app);
  });
  after(async () => {
    campaign.close();
    await app.close();
    if (isLong) process.stdout.write(report(campaign.tally, seed));
  });

  it('to an endpoint is answered as the document says, in time, with all headers and without a secret', async function () {
    this.timeout(isLong ? 0 : 60_000);
    const share = Math.ceil((runs * 0.9) / campaign.operations.length);
    const failures: string[] = [];
    if (isLong) process.stdout.write(`fuzz: seed ${seed}, ${share} requests to each of\n`);
    for (const [index, operation] of campaign.operations.entries()) {
      if (isLong) process.stdout.write(`  ${operation.name}\n`);
      await campaign
        .attack(operation, share, seed + index)
        .catch((error: Error) => failures.push(error.message));
    }
    expect(failures.join('\n\n')).to.equal('');
    expect(campaign.tally.size).to.equal(campaign.operations.length);
  });

  it('to anything else is refused in the same way', async function () {
    this.timeout(isLong ? 0 : 60_000);
    await campaign.stray(Math.ceil(runs * 0.05), seed);
  });

  it('that is hardly HTTP ends with an answer of the same kind or none', async function () {
    this.timeout(isLong ? 0 : 60_000);
    await campaign.noise(Math.ceil(runs * 0.05), seed);
  });

  it('leaves neither password nor token in the log', () => {
    const text = JSON.stringify(app.logged());
    expect(text).to.include('/api/v1/auth/login');
    expect(text).to.not.match(/Str0ng-|eyJhbGci|\$argon2/);
    for (const secret of campaign.secrets()) expect(text).to.not.include(secret);
  });
});
