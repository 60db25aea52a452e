import { expect } from 'chai';
import { healthCommand, healthTarget } from '../../app/commands/health.ts';
import { serveCommand } from '../../app/commands/serve.ts';
import { recordingLog, scratchFolder, testConfig } from '../support/keys.ts';
import { onRealStore } from '../support/stores.ts';
import { until } from '../support/until.ts';

onRealStore('The service on a platform with one port and DATABASE_URL', (stores) => {
  const folder = scratchFolder();
  after(folder.remove);

  it('answers its health check on PORT, opens no other port, and stops', async () => {
    const { lines, log } = recordingLog();
    const config = testConfig({
      ...{ DATABASE_URL: stores().url().replace('postgresql:', 'postgres:'), DATA_DIR: folder.path },
      ...{ JWT_ALGORITHM: 'EdDSA', PORT: '0', METRICS_PORT: 'off' },
    });
    let stop: (signal: NodeJS.Signals) => void = () => undefined;
    const stopSignal = new Promise<NodeJS.Signals>((resolve) => {
      stop = resolve;
    });
    const serving = serveCommand(config, log, '1.0.0', stopSignal);
    const started = () => lines.find(({ event }) => event === 'listening');
    await Promise.race([serving, until(async () => started() !== undefined)]);
    expect(started()).to.include({ metrics: null });
    const env = { METRICS_PORT: 'off', PORT: String(started()?.api) };
    await healthCommand(healthTarget(env));
    stop('SIGTERM');
    await serving;
    expect(lines.at(-1)).to.include({ event: 'stopped' });
    expect(await healthCommand(healthTarget(env)).catch(() => 'refused')).to.equal('refused');
  });
});
