import type { Message } from './message-reader.ts';
import { startScram } from './scram.ts';
import { TransportError } from './transport-error.ts';

/** Which authentication of a server is answered. docs/security.md has the table of all modes. */
export interface AuthenticationRules {
  /** The certificate of the server is verified, or the connection is a Unix socket. */
  readonly isVerified: boolean;
  /** A server that is not verified may ask for no password (the method trust), although there is one. */
  readonly acceptsTrust: boolean;
  /** Read at each login, so that a rotated password is used. Empty without one. */
  readonly password: () => string;
}

export interface ServerMessages {
  next(): Promise<Message>;
  send(bytes: Buffer): void;
  /** Gives the client a message that it must report, such as an error. */
  pass(message: Message): void;
}

/** Codes of the messages of type R (PostgreSQL documentation, "Message Formats"). */
const codes = { ok: 0, cleartext: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;

/** RFC 7677 section 4. A verified server may use fewer. */
const minScramIterations = 4_096;

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** A message of type p, which carries every answer to an authentication request. */
const passwordMessage = (...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from('p'), int32(body.length + 4), body]);
};

/** Postgres sends errors and notices between the authentication requests, and nothing else. */
async function nextRequest(messages: ServerMessages): Promise<{ code: number; data: Buffer }> {
  for (;;) {
    const message = await messages.next();
    if (message.type === 'R' && message.body.length >= 4) {
      return { code: message.body.readInt32BE(0), data: message.body.subarray(4) };
    }
    if (message.type !== 'E' && message.type !== 'N') {
      throw new TransportError('Postgres cannot be verified: it goes on before the login is complete.');
    }
    messages.pass(message);
  }
}

async function expectRequest(messages: ServerMessages, expected: number): Promise<string> {
  const { code, data } = await nextRequest(messages);
  if (code === expected) return data.toString();
  throw new TransportError('Postgres cannot be verified: it leaves a step of SCRAM out.');
}

function requirePassword({ password }: AuthenticationRules): string {
  const text = password();
  if (!text) throw new TransportError('Postgres asks for a password, and the URL contains none.');
  return text;
}

async function answerSasl(messages: ServerMessages, rules: AuthenticationRules, mechanisms: Buffer) {
  if (!mechanisms.toString().split('\0').includes('SCRAM-SHA-256')) {
    throw new TransportError('Postgres asks for a SASL mechanism other than SCRAM-SHA-256.');
  }
  const password = requirePassword(rules);
  const scram = startScram();
  const first = Buffer.from(scram.clientFirst);
  messages.send(passwordMessage(Buffer.from('SCRAM-SHA-256\0'), int32(first.length), first));
  const serverFirst = await expectRequest(messages, codes.saslContinue);
  const minIterations = rules.isVerified ? 1 : minScramIterations;
  const { clientFinal, verify } = await scram.respond(serverFirst, password, minIterations);
  messages.send(passwordMessage(Buffer.from(clientFinal)));
  verify(await expectRequest(messages, codes.saslFinal));
}

/** Names the request and what the operator can change. */
function refuse(request: string, alternative: string): never {
  throw new TransportError(
    `Postgres is not verified and asks for ${request}, where only SCRAM is answered. Verify it with DB_CA_FILE and sslmode=verify-full, or ${alternative}.`,
  );
}

/**
 * Logs in to a server that has received the startup message. Resolves at AuthenticationOk, when queries may be sent.
 * A server that is not verified gets an answer to SCRAM only, because SCRAM does not reveal the password and the
 * server must prove that it knows the password. MD5 is never answered: its hash serves as a password.
 * @throws TransportError when the rules forbid an answer, or the server does not prove itself
 */
export async function authenticate(messages: ServerMessages, rules: AuthenticationRules): Promise<void> {
  for (let isProved = false; ; ) {
    const { code, data } = await nextRequest(messages);
    if (code === codes.ok) {
      const needsProof = !rules.isVerified && !rules.acceptsTrust && rules.password() !== '';
      if (needsProof && !isProved)
        refuse('no password', 'use scram-sha-256 on the server or a URL without a password');
      return;
    }
    if (code === codes.cleartext) {
      if (!rules.isVerified) refuse('the password in clear text', 'use scram-sha-256 on the server');
      messages.send(passwordMessage(Buffer.from(`${requirePassword(rules)}\0`)));
    } else if (code === codes.sasl) {
      await answerSasl(messages, rules, data);
      isProved = true;
    } else {
      const method = code === codes.md5 ? 'an MD5 hash of the password' : `authentication method ${code}`;
      throw new TransportError(
        `Postgres asks for ${method}, which is not supported. Use scram-sha-256 in pg_hba.conf and for the role.`,
      );
    }
  }
}
