// node charts-ts/launch.cjs main|validate [arguments]
// tsx's hooks for require run in this thread; its --import loader asks another thread about each of the thousand
// modules of the Kubernetes types, which costs half a second of the two that synth may take.
require('tsx/cjs');

const [entry] = process.argv.splice(2, 1);
if (entry !== 'main' && entry !== 'validate')
  throw new Error('usage: node charts-ts/launch.cjs main|validate');
require(`./${entry}.ts`);
