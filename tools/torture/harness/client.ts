import { type Agent, request } from 'node:http';

export interface Reply {
  /** 0 without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Parsed JSON, or null. */
  // biome-ignore lint/suspicious/noExplicitAny: what the service answered is what a scenario looks into
  readonly body: any;
  /** Milliseconds. */
  readonly ms: number;
  readonly error: string | null;
}

export interface Question {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
  /** Milliseconds. */
  readonly timeout?: number;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** One request, `ask(url, 'POST /api/v1/auth/login', {body})`. Never throws: a failure is a reply of status 0. */
export function ask(base: string, line: string, question: Question = {}): Promise<Reply> {
  const [method = 'GET', path = '/'] = line.split(' ');
  const payload = question.body === undefined ? null : JSON.stringify(question.body);
  const headers = {
    ...(payload && {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(payload)),
    }),
    ...(question.token && { Authorization: `Bearer ${question.token}` }),
    ...question.headers,
  };
  const start = performance.now();
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException): void =>
      resolve({
        status: 0,
        headers: {},
        text: '',
        body: null,
        ms: performance.now() - start,
        error: error.code ?? error.message,
      });
    const asked = request(`${base}${path}`, { method, headers, agent: question.agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('error', fail);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          body: parse(text),
          ms: performance.now() - start,
          error: null,
        }),
      );
    });
    asked.setTimeout(question.timeout ?? 20_000, () => asked.destroy(new Error('no answer in time')));
    asked.on('error', fail);
    asked.end(payload ?? undefined);
  });
}
