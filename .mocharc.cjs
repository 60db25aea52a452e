// Without a spec here the default holds: every file below test/ with this extension. A `spec` would be added to
// the files named on the command line instead of giving way to them.
module.exports = {
  // V8 would optimize the WebAssembly of the embedded Postgres. That takes more CPU time than a run gets back.
  'node-option': ['liftoff-only', 'import=./test/support/import-specs.mjs', 'import=tsx'],
  extension: ['test.ts'],
  recursive: true,
  require: ['./test/support/unhandled-rejections.ts', './test/support/hooks.ts'],
  reporter: './test/support/summary-reporter.ts',
  forbidOnly: Boolean(process.env.CI),
  // Hashing and the boot of the embedded Postgres are slow on a busy machine with two cores.
  timeout: 20_000,
  slow: 1_000,
};
