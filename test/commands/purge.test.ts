import { expect } from 'chai';
import { pino } from 'pino';
import { purgeCommand } from '../../app/commands/purge.ts';
import { ConfigError, parseConfig } from '../../app/config/config.ts';

describe('npm run purge', () => {
  it('refuses a number of months that is none, before it opens anything', async () => {
    const config = parseConfig({ ENV: 'test', DB_PRIMARY_DB_URL: 'postgresql://nobody@127.0.0.1:1/none' });
    for (const keepMonths of [Number.NaN, 0, -5, 1.5, 99_999_999_999]) {
      const refused = await purgeCommand(config, pino({ level: 'silent' }), keepMonths).catch(
        (error: unknown) => error,
      );
      expect(refused).to.be.instanceOf(ConfigError).with.property('message').that.contains('--keep-months');
    }
  });
});
