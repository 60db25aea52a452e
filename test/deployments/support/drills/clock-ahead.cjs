// Loaded into a process of the service before its own code. After SIGUSR2, the wall clock of the process is eleven minutes
// ahead, as if the drill had waited until the minutes that the service counts are over.
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  const now = Date.now;
  let ahead = 0;
  Date.now = () => now() + ahead;
  process.on('SIGUSR2', () => {
    ahead += 660_000;
  });
}
