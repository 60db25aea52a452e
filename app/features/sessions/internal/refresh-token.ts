import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/*
 * A refresh token is `session id (16) | counter (4) | random (32) | tag (32)`, base64url. The random part makes it
 * unguessable. The counter tells an old token from the newest without a row per token. The tag is a MAC under a key of
 * the session, so that a stranger who knows a session id cannot cause anything.
 */
const bodyLength = 16 + 4 + 32;
const tokenPattern = /^[A-Za-z0-9_-]{112}$/;
const sealLabel = 'auth-service refresh successor';

export interface RefreshToken {
  readonly text: string;
  readonly sessionId: string;
  readonly counter: number;
  /** SHA-256 of the whole token. The database stores this hash only. */
  readonly hash: Buffer;
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const macOf = (body: Buffer, macKey: Buffer): Buffer => createHmac('sha256', macKey).update(body).digest();

function describe(bytes: Buffer): RefreshToken {
  return {
    text: bytes.toString('base64url'),
    sessionId: uuidText(bytes.subarray(0, 16)),
    counter: bytes.readUInt32BE(16),
    hash: createHash('sha256').update(bytes).digest(),
  };
}

export function createMacKey(): Buffer {
  return randomBytes(32);
}

export function issueRefreshToken(sessionId: string, counter: number, macKey: Buffer): RefreshToken {
  const head = Buffer.alloc(20);
  head.write(sessionId.replaceAll('-', ''), 'hex');
  head.writeUInt32BE(counter, 16);
  const body = Buffer.concat([head, randomBytes(32)]);
  return describe(Buffer.concat([body, macOf(body, macKey)]));
}

/** Null if the text does not have the form of a refresh token. The form proves nothing; see hasValidTag. */
export function parseRefreshToken(text: string): RefreshToken | null {
  return tokenPattern.test(text) ? describe(Buffer.from(text, 'base64url')) : null;
}

export function hasValidTag(token: RefreshToken, macKey: Buffer): boolean {
  const bytes = Buffer.from(token.text, 'base64url');
  return timingSafeEqual(bytes.subarray(bodyLength), macOf(bytes.subarray(0, bodyLength), macKey));
}

function sealKey(predecessor: RefreshToken): Buffer {
  return Buffer.from(hkdfSync('sha256', predecessor.text, predecessor.sessionId, sealLabel, 32));
}

/** Encrypts the newest token under a key that only the holder of its predecessor can derive: nonce | ciphertext | tag. */
export function sealSuccessor(predecessor: RefreshToken, successor: RefreshToken): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealKey(predecessor), nonce);
  return Buffer.concat([nonce, cipher.update(successor.text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error if the row was tampered with or belongs to another predecessor */
export function openSuccessor(predecessor: RefreshToken, sealed: Buffer): RefreshToken {
  const decipher = createDecipheriv('aes-256-gcm', sealKey(predecessor), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8');
  const token = parseRefreshToken(text);
  if (!token) throw new Error('the sealed successor is not a refresh token');
  return token;
}
