import { randomBytes, randomUUID } from 'node:crypto';
import type { HttpClient, Reply } from '../http/client.ts';
import { type Deletion, deleteAccount } from './delete-account.ts';
import type { StateFolder } from './state-folder.ts';

export type ThrowAwayAccount = ReturnType<typeof createThrowAwayAccount>;

/** The begin of the username and of the email of every account of `verify`. */
export const accountPrefix = 'verify-';

function createIdentity() {
  const username = `${accountPrefix}${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  // RFC 6761 reserves the domain `invalid`, so no mail can reach anybody.
  return { username, email: `${username}@verify.invalid`, password: randomBytes(24).toString('base64url') };
}

interface Parts {
  /** The URL of the deployment, as in the state folder. */
  readonly url: string;
  readonly http: Pick<HttpClient, 'send'>;
  /** For the deletion alone, so that it always has requests left. */
  readonly deletionHttp: Pick<HttpClient, 'send'>;
  readonly stateFolder: StateFolder;
}

/** The account that one run registers, uses and deletes. Nothing is sent before a check asks for it. */
export function createThrowAwayAccount({ deletionHttp, http, stateFolder, url }: Parts) {
  const identity = createIdentity();
  const { email, password, username } = identity;
  const logins = new Map<string, Promise<Reply>>();
  let stateFault: string | null = null;
  let registration: Promise<Reply> | undefined;
  let deletion: Promise<Deletion> | undefined;

  async function register(): Promise<Reply> {
    // Before the request: a run that is killed during the request must leave a trace of the account.
    await stateFolder.save(username, { url, email, password }).catch((error: Error) => {
      stateFault = error.message;
    });
    return http.send({ method: 'POST', path: '/api/v1/auth/register', json: identity });
  }

  async function remove(): Promise<Deletion> {
    if (!registration) return { result: 'absent' };
    const answer = await registration.catch(() => null);
    const isRefused = answer !== null && answer.status >= 400 && answer.status < 500;
    const ended: Deletion = isRefused
      ? { result: 'absent' }
      : await deleteAccount(deletionHttp, { email, password });
    // A file that stays leads a later --cleanup to an account that does not exist, which does no harm.
    if (ended.result !== 'left') await stateFolder.remove(username).catch(() => undefined);
    return ended;
  }

  return {
    username,
    email,
    /** Why the state folder does not remember the account; null if it does. Known after the registration. */
    stateFault: (): string | null => stateFault,
    register(): Promise<Reply> {
      registration ??= register();
      return registration;
    },
    /** Logs in once for each name. */
    login(name: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
      const login =
        logins.get(name) ??
        http.send({ method: 'POST', path: '/api/v1/auth/login', headers, json: { email, password } });
      logins.set(name, login);
      return login;
    },
    /** Deletes the account if it was created; a second call deletes nothing. It never rejects. */
    remove(): Promise<Deletion> {
      deletion ??= remove();
      return deletion;
    },
  };
}
