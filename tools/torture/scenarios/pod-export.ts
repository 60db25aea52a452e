import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../harness/client.ts';
import type { Deployment } from '../harness/deployment.ts';
import { openRaw } from '../harness/raw-client.ts';
import type { ScenarioContext } from '../harness/scenario.ts';
import type { Service } from '../harness/service.ts';
import { type LoggedInUser, logInNewUsers } from '../harness/users.ts';

const readers = 7;
/** Rows of login history per user. */
const rows = 500_000;
/** Bytes that a slow reader takes a second. */
const pace = 4_096;
const path = '/api/v1/users/me/export';

async function fillHistory({ postgres }: Deployment, email: string, count: number): Promise<void> {
  await postgres.sql`
    insert into login_histories (id, occurred_at, user_id, outcome, reason, ip, user_agent)
    select gen_random_uuid(), now() - n * interval '1 millisecond', users.id, 'failure', 'wrong_password',
      '198.51.100.7', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130'
    from users, generate_series(1, ${count}) as n
    where email = ${email}`;
}

/** Reads at a slow pace for the time, and closes. @returns the bytes received */
async function readSlowly(service: Service, { access }: LoggedInUser, seconds: number): Promise<number> {
  const connection = await openRaw(service.url);
  const { socket } = connection;
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${access}\r\n\r\n`);
  for (let n = 0; n < seconds * 4; n += 1) {
    await sleep(250);
    socket.read(pace / 4);
  }
  socket.destroy();
  return connection.received();
}

/** Users with a long login history, and what reads it. */
export async function prepareExports(context: ScenarioContext, deployment: Deployment, service: Service) {
  const count = context.quick ? rows / 50 : rows;
  const users = await logInNewUsers(service.url, readers);
  for (const { email } of users) await fillHistory(deployment, email, count);

  return {
    async readSlowly(): Promise<string> {
      const received = await Promise.all(users.map((user) => readSlowly(service, user, 30)));
      return `${count} rows each, bytes taken: ${received.join(', ')}`;
    },

    async readWhole(): Promise<string> {
      const [user] = users;
      const { status, body, text, ms } = await ask(service.url, `GET ${path}`, {
        ...{ token: user?.access ?? '', timeout: 300_000 },
      });
      const found = body?.data.login_history.length ?? 0;
      context.report.check(
        'an export read whole is complete',
        found === count + 1,
        `${status}, ${found} rows`,
      );
      return `${Math.round(text.length / 2 ** 20)} MiB in ${Math.round(ms / 1000)} s`;
    },
  };
}
