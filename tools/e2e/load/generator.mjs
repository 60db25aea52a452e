// Runs in a pod of the image of the service: node generator.mjs OPTIONS, which are JSON. It registers an account and logs in,
// warms up, and then reads the account at a steady rate, on kept-alive and on new connections, until SIGTERM. It writes a line
// of JSON each second, and the result at the end. It never repeats a request.
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds without an answer after which a request has failed. */
const deadline = 10_000;
/** Requests before the first one that counts: they fill the caches of the service and open the kept connections. */
const warmUps = 50;

const options = JSON.parse(process.argv[2]);
const { base, host, rates, maxSeconds } = options;
const agents = {
  kept: new http.Agent({ keepAlive: true, maxSockets: rates.sockets }),
  new: new http.Agent({ keepAlive: false }),
};

function send(agent, method, path, { body, token } = {}) {
  return new Promise((resolve, reject) => {
    const text = body && JSON.stringify(body);
    const headers = {
      host,
      ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const request = http.request(new URL(path, base), { agent, method, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part) => {
        answer += part;
      });
      // An answer that ends too early has this error and no end.
      response.once('error', fail);
      response.once('end', () => {
        clearTimeout(timer);
        if (response.statusCode < 300) resolve(answer);
        else
          reject(
            new Error(`status ${response.statusCode} ${/"code":"(\w+)"/.exec(answer)?.[1] ?? ''}`.trim()),
          );
      });
    });
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${deadline} ms`)), deadline);
    request.on('error', fail).end(text);

    function fail(error) {
      clearTimeout(timer);
      reject(error);
    }
  });
}

async function logIn() {
  const id = randomBytes(6).toString('hex');
  const user = { email: `e2e.${id}@example.com`, password: `correct-Giraffe-${id}-staple` };
  await send(agents.new, 'POST', '/api/v1/auth/register', { body: { ...user, username: `e2e.${id}` } });
  const answer = await send(agents.new, 'POST', '/api/v1/auth/login', { body: user });
  return JSON.parse(answer).data.access_token;
}

const token = await logIn();
const read = (connection) => send(agents[connection], 'GET', '/api/v1/users/me', { token });
for (let done = 0; done < warmUps; done += 10)
  await Promise.all(Array.from({ length: 10 }, (_, n) => read(n < 8 ? 'kept' : 'new')));

let isOver = false;
process.once('SIGTERM', () => {
  isOver = true;
});
const counts = { sent: 0, answered: 0, slowest: 0 };
const failures = [];

async function count(connection) {
  const start = performance.now();
  const at = new Date().toISOString();
  counts.sent += 1;
  try {
    await read(connection);
    counts.slowest = Math.max(counts.slowest, Math.round(performance.now() - start));
  } catch (error) {
    failures.push({ at, connection, reason: error.code ?? error.message });
  }
  counts.answered += 1;
}

/**
 * Sends at a steady rate. While `rates.sockets` requests wait for their answers it sends none and makes up for none: a service that
 * is slow must not look like one that loses requests.
 */
async function run(connection, rate) {
  const pending = new Set();
  const start = performance.now();
  let sent = 0;
  while (!isOver && performance.now() - start < maxSeconds * 1000) {
    const due = Math.floor(((performance.now() - start) / 1000) * rate);
    for (; sent < due && pending.size < rates.sockets; sent += 1) {
      const asked = count(connection).finally(() => pending.delete(asked));
      pending.add(asked);
    }
    sent = Math.max(sent, due);
    await sleep(5);
  }
  await Promise.all(pending);
}

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const progress = setInterval(() => say({ answered: counts.answered }), 1_000);
say({ answered: 0 });
const begin = performance.now();
await Promise.all([run('kept', rates.kept), run('new', rates.new)]);
clearInterval(progress);
const seconds = Math.round((performance.now() - begin) / 1_000);
say({ result: { sent: counts.sent, seconds, slowest: counts.slowest, failures } });
// Kept connections would keep the process running.
process.exit(0);
