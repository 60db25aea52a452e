// node charts-ts/launch.cjs main|validate [arguments]
// tsx transforms required modules in this thread. Its --import loader would ask another thread for each of the thousand
// modules with Kubernetes types, which would make synth half a second slower.
require('tsx/cjs');

const [entry] = process.argv.splice(2, 1);
if (entry !== 'main' && entry !== 'validate')
  throw new Error('usage: node charts-ts/launch.cjs main|validate');
require(`./${entry}.ts`);
