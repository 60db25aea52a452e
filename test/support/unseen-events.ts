/**
 * Events that no test of `npm test` logs in its own process, and where they are seen instead. run.ts prints every other
 * event that a whole run has not seen.
 */
export const seenElsewhere: Readonly<Record<string, string>> = {
  connections_taken_over: 'test/processes/port-keeper.process.ts reads it from a process',
  crashed: 'test/commands/serve.test.ts reads it from a process',
  draining: 'test/commands/serve.test.ts reads it from a process',
  embedded_stores: 'test/processes/first-start.process.ts reads it from a process',
  key_file_readable: 'test/features/tokens reads it from a process',
  limits: 'test/commands/serve.test.ts reads it from a process',
  listening: 'test/commands/serve.test.ts reads it from a process',
  log_format_unavailable: 'test/processes/log-format.process.ts reads it from a process',
  port_keeper_unavailable: 'test/processes/port-keeper.process.ts reads it from a process',
  port_kept: 'test/processes/port-keeper.process.ts reads it from a process',
  port_not_kept: 'test/commands/port-keeper.test.ts finds it in the lines of a port keeper',
  signal: 'test/commands/serve.test.ts reads it from a process',
  stopped: 'test/commands/serve.test.ts reads it from a process',
};
