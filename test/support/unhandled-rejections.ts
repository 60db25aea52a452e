// Mocha re-emits an unhandled rejection on the process and fails nothing by itself. Thrown from here it becomes an
// uncaught exception, which mocha counts against the test that is running.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
