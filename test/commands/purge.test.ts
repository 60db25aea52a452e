import { expect } from 'chai';
import { pino } from 'pino';
import { purgeCommand } from '../../app/commands/purge.ts';
import { ConfigError, parseConfig } from '../../app/config/config.ts';

describe('npm run purge', () => {
  it('refuses a number of months that is none, before it opens anything', async () => {
    const config = parseConfig({ ENV: 'test', DB_PRIMARY_DB_URL: 'postgresql://nobody@127.0.0.1:1/none' });
    const refusal = (loginHistory: number, auditLog: number) =>
      purgeCommand(config, pino({ level: 'silent' }), { loginHistory, auditLog }).catch(
        (error: unknown) => error,
      );
    const refused = (option: string) => (error: unknown) =>
      expect(error).to.be.instanceOf(ConfigError).with.property('message').that.contains(option);
    for (const months of [Number.NaN, 0, -5, 1.5, 99_999_999_999]) {
      refused('--keep-months')(await refusal(months, 24));
      refused('--keep-audit-months')(await refusal(13, months));
    }
    refused('--keep-audit-months')(await refusal(13, 11));
  });
});
