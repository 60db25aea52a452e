import { once } from 'node:events';
import { connect, type PeerCertificate, type SecureVersion } from 'node:tls';
import { fixedLookup, type Target, tlsOptions } from './target.ts';

export interface Handshake {
  /** `TLSv1.2`, `TLSv1.3`, … */
  readonly protocol: string;
  /** Why the certificate is not trusted, for example `UNABLE_TO_VERIFY_LEAF_SIGNATURE`; null if it is. */
  readonly distrust: string | null;
  readonly certificate: PeerCertificate;
}

/** Milliseconds. */
const timeout = 10_000;

/**
 * Makes a TLS connection and ends it. It accepts every certificate, because the checks judge the certificate, and every
 * version of TLS from `min` to `max`, old ones too, because the checks judge the version.
 * @throws Error when the server refuses the connection or the versions
 */
export async function shakeHands(
  target: Target,
  { address = target.address, max, min }: { address?: string; min: SecureVersion; max: SecureVersion },
): Promise<Handshake> {
  const socket = connect({
    ...tlsOptions(target),
    host: target.host,
    port: Number(target.url.port || 443),
    ...(address && { lookup: fixedLookup(address) }),
    minVersion: min,
    maxVersion: max,
    // OpenSSL refuses the signatures of TLS 1.0 and 1.1 at its usual level.
    ciphers: 'DEFAULT:@SECLEVEL=0',
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    ALPNProtocols: ['http/1.1'],
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(timeout) });
    const { authorizationError } = socket;
    return {
      protocol: socket.getProtocol() ?? 'unknown',
      // reason: Node.js sets a code or null, and its types say Error.
      distrust: authorizationError ? String(authorizationError) : null,
      certificate: socket.getPeerCertificate(),
    };
  } finally {
    socket.destroy();
  }
}
