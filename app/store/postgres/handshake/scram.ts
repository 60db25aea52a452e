import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { TransportError } from './transport-error.ts';

const derive = promisify(pbkdf2);

/** Above this number a hostile server could keep a thread busy for seconds. Postgres uses 4,096 by default. */
const maxIterations = 1_000_000;

const hash = (data: Buffer): Buffer => createHash('sha256').update(data).digest();
const mac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** `r=…,s=…,i=…` → the value of each attribute (RFC 5802 section 5.1). */
function attributes(message: string): ReadonlyMap<string, string> {
  const pairs = message.split(',').map((part) => [part.slice(0, 1), part.slice(2)] as const);
  return new Map(pairs);
}

function readServerFirst(message: string, clientNonce: string, minIterations: number) {
  const values = attributes(message);
  const nonce = values.get('r') ?? '';
  const salt = Buffer.from(values.get('s') ?? '', 'base64');
  const iterations = Number(values.get('i'));
  // The server must extend our nonce, else it could replay an earlier exchange. `m` marks unknown requirements.
  const isFresh = nonce.startsWith(clientNonce) && nonce.length > clientNonce.length;
  if (!isFresh || values.has('m') || salt.length === 0 || !Number.isInteger(iterations)) {
    throw new TransportError('Postgres cannot be verified: its SCRAM message is invalid.');
  }
  if (iterations < minIterations || iterations > maxIterations) {
    throw new TransportError(
      `Postgres cannot be verified: SCRAM must have ${minIterations} to ${maxIterations} iterations.`,
    );
  }
  return { nonce, salt, iterations };
}

/** @throws TransportError unless the server has proved that it knows the password */
function verifyServerFinal(message: string, expected: Buffer): void {
  const signature = Buffer.from(attributes(message).get('v') ?? '', 'base64');
  if (signature.length === expected.length && timingSafeEqual(signature, expected)) return;
  throw new TransportError('Postgres cannot be verified: its SCRAM signature is wrong.');
}

/**
 * One exchange of SCRAM-SHA-256 as the client (RFC 5802, RFC 7677), without channel binding. The password does not
 * leave the process, and the server proves that it knows the password too.
 * @param bare the client-first-message-bare; Postgres reads the user name from the startup message instead
 */
export function startScram(bare = `n=,r=${randomBytes(18).toString('base64')}`) {
  const clientNonce = attributes(bare).get('r') ?? '';
  return {
    clientFirst: `n,,${bare}`,
    /**
     * @param minIterations fewer would let a stand-in server guess the password from the proof much faster
     * @returns the next message, and a function that verifies the last message of the server
     * @throws TransportError when the server's message is invalid
     */
    async respond(serverFirst: string, password: string, minIterations: number) {
      const { nonce, salt, iterations } = readServerFirst(serverFirst, clientNonce, minIterations);
      // The step of SASLprep (RFC 4013) that changes passwords people use. It leaves ASCII unchanged.
      const salted = await derive(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
      const withoutProof = `c=biws,r=${nonce}`;
      const exchange = `${bare},${serverFirst},${withoutProof}`;
      const clientKey = mac(salted, 'Client Key');
      const signature = mac(hash(clientKey), exchange);
      const proof = clientKey.map((byte, index) => byte ^ (signature[index] ?? 0));
      const serverSignature = mac(mac(salted, 'Server Key'), exchange);
      return {
        clientFinal: `${withoutProof},p=${Buffer.from(proof).toString('base64')}`,
        verify: (serverFinal: string) => verifyServerFinal(serverFinal, serverSignature),
      };
    },
  };
}
