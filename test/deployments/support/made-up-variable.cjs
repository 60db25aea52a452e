// node test/deployments/support/made-up-variable.cjs [arguments of synth]
// Adds a variable that production requires to the table of the service, and then draws every target that is named in
// TARGETS. Prints one line of JSON for each: its name, its error or null, and its output.
const { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
require('tsx/cjs');

const { variable } = require('../../../app/config/entry.ts');
const { text } = require('../../../app/config/format.ts');
const { table } = require('../../../app/config/variables.ts');
// Before config.ts is loaded, which reads the table once.
table.madeUp = variable('MADE_UP', text).help('A made-up variable.', { required: 'the test wants it' });
const { runSynth } = require('../../../charts-ts/run-synth.ts');

function contentOf(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, 'utf8'));
}

async function draw(target) {
  const folder = mkdtempSync(join(tmpdir(), 'made-up-'));
  try {
    const out = join(folder, 'out');
    await runSynth(['--target', target, '--out', out, ...process.argv.slice(2)]);
    return {
      target,
      error: null,
      hasVariable: contentOf(out).some((content) => content.includes('MADE_UP')),
    };
  } catch (error) {
    return { target, error: error.message, hasVariable: false };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

(async () => {
  for (const target of process.env.TARGETS.split(','))
    process.stdout.write(`${JSON.stringify(await draw(target))}\n`);
})();
