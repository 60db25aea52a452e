import { start } from '../../support/process.ts';
import { newUserFields } from '../../support/users.ts';

/** An account that is logged in. */
export interface ServiceUser {
  readonly email: string;
  readonly password: string;
  readonly access: string;
  readonly refresh: string;
}

export interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose form other tests check
  readonly data: any;
}

/** A replica of the service: a process of its own, as an operator starts it. */
export interface ServiceProcess {
  ask(what: string, options?: { body?: object; token?: string }): Promise<Answer>;
  output(): string;
  stop(): Promise<void>;
}

/** @param variables of the process, without its ports */
export async function startService(variables: Record<string, string>): Promise<ServiceProcess> {
  const service = start([], { ENV: 'test', PORT: '0', METRICS_PORT: '0', RATE_LIMIT: 'off', ...variables });
  const [, port] = await service.printed(/"event":"listening"[^\n]*"api":(\d+)/);
  return {
    async ask(what, { body, token } = {}) {
      const [method = 'GET', path = '/'] = what.split(' ');
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const answer = text === '' ? {} : JSON.parse(text);
      return { status: response.status, code: answer.code, data: answer.data };
    },
    output: service.output,
    async stop() {
      service.child.kill('SIGKILL');
      await service.ended;
    },
  };
}

export async function logInTo(
  service: ServiceProcess,
  { email, password }: Pick<ServiceUser, 'email' | 'password'>,
): Promise<ServiceUser> {
  const { status, data } = await service.ask('POST /api/v1/auth/login', { body: { email, password } });
  if (status !== 200) throw new Error(`the login was answered with ${status}`);
  return { email, password, access: data.access_token, refresh: data.refresh_token };
}

export async function logInNewUserTo(service: ServiceProcess): Promise<ServiceUser> {
  const fields = newUserFields();
  const { status } = await service.ask('POST /api/v1/auth/register', { body: fields });
  if (status !== 201) throw new Error(`the registration was answered with ${status}`);
  return logInTo(service, fields);
}
