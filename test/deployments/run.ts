import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { byLength } from './support/long-tests.ts';

// npm run test:deployments               all files but the long ones, which the last lines name
// npm run test:deployments:long          the long ones
// npm run test:deployments -- -g text    with mocha's options

const folder = 'test/deployments';
const [first = '', ...rest] = process.argv.slice(2);
const wantsLong = first === '--long';
const options = wantsLong ? rest : process.argv.slice(2);
const { long, short } = byLength(readdirSync(folder).filter((name) => name.endsWith('.deploy.ts')));

process.on('exit', () => {
  if (wantsLong) return;
  const lines = long.map((name) => `not run: ${join(folder, name)}, which takes minutes\n`);
  process.stdout.write(`${lines.join('')}npm run test:deployments:long runs them.\n`);
});
// `timeout` sends the signal to mocha as well.
process.once('SIGTERM', () => process.exit(143));

const files = (wantsLong ? long : short).map((name) => join(folder, name));
const child = spawn('node_modules/.bin/mocha', ['--extension', 'deploy.ts', ...options, ...files], {
  stdio: 'inherit',
});
child.once('close', (status) => process.exit(status ?? 1));
