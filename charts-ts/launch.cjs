// node charts-ts/launch.cjs main|validate [arguments]
// tsx transforms required modules in this thread. Its --import loader would ask another thread for each of the thousand
// modules with Kubernetes types, which would make synth half a second slower.
const Module = require('node:module');
const load = Module._extensions['.js'];
require('tsx/cjs');

// tsx searches each file for the syntax of ES modules. The many files of the toolkit of AWS have none, and the search would make
// synth of ECS half a second slower.
const transform = Module._extensions['.js'];
Module._extensions['.js'] = (module, file) =>
  (/[\\/]node_modules[\\/](aws-cdk-lib|cdk-nag)[\\/]/.test(file) ? load : transform)(module, file);

const [entry] = process.argv.splice(2, 1);
if (entry !== 'main' && entry !== 'validate')
  throw new Error('usage: node charts-ts/launch.cjs main|validate');
require(`./${entry}.ts`);
