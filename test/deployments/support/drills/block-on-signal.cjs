// Loaded into a process of the service before its own code. From one SIGUSR2 to the next, the event loop is blocked for 0.4
// of each 0.5 seconds. The thread waits and uses no CPU, so that other drills on the same machine are not slowed down.
const { isMainThread } = require('node:worker_threads');

if (isMainThread) {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let timer;
  process.on('SIGUSR2', () => {
    if (timer) clearInterval(timer);
    timer = timer ? undefined : setInterval(() => Atomics.wait(cell, 0, 0, 400), 500);
  });
}
