import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import { ConfigError, type Secret } from '../../config/config.ts';
import { readCaFile } from '../certificates.ts';

/** How the service and Redis identify themselves to each other. */
export interface RedisTls {
  /** @default the CAs of Node */
  readonly caFile?: string | undefined;
  /** The certificates themselves, instead of a file. */
  readonly ca?: string | undefined;
  /** Accepts every certificate. The connection is encrypted, and a man in the middle can read it. @default false */
  readonly isUnverified?: boolean;
  /** The client certificate and its private key, as PEM. Both or none. */
  readonly cert?: Secret | null;
  readonly key?: Secret | null;
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

function isPair({ cert, key }: Pair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/**
 * The pair at this moment, so that the next connection uses a rotated one. The two files change one after the other. The
 * last valid pair stays in use in between: a connection that fails because of its own key is never tried again.
 */
function createPairReader({ cert, key }: RedisTls): (() => Pair) | null {
  if (!cert || !key) return null;
  let last: Pair = { cert: cert(), key: key() };
  return () => {
    const next = { cert: cert(), key: key() };
    if (isPair(next)) last = next;
    return last;
  };
}

/**
 * Options for TLS, which verifies the chain and the host name unless the configuration says otherwise. ioredis reads them at each connection, so that rotated
 * files are used.
 */
export function createTlsOptions(tls: RedisTls): (servername?: string) => ConnectionOptions {
  const { ca, caFile } = tls;
  const readPair = createPairReader(tls);
  return (servername) => {
    const options: ConnectionOptions = servername ? { servername } : {};
    const define = (name: keyof ConnectionOptions, get: () => string): void =>
      void Object.defineProperty(options, name, { enumerable: true, get });
    if (tls.isUnverified) options.rejectUnauthorized = false;
    if (ca) options.ca = ca;
    else if (caFile) define('ca', () => readCaFile(caFile));
    if (readPair) {
      let pair = readPair();
      define('cert', () => {
        pair = readPair();
        return pair.cert;
      });
      // ioredis reads the options in their order. The key must be of the certificate that it has just read.
      define('key', () => pair.key);
    }
    return options;
  };
}

/** @throws ConfigError, so that a useless file is found at the start and not at the first failure */
export function checkTlsFiles({ caFile, cert, key }: RedisTls): void {
  const faults: string[] = [];
  try {
    if (caFile) readCaFile(caFile);
  } catch {
    faults.push('REDIS_CA_FILE is not a readable file of CA certificates');
  }
  if (cert && key && !isPair({ cert: cert(), key: key() })) {
    faults.push('REDIS_CERT and REDIS_KEY are not a certificate and its private key');
  }
  if (faults.length > 0) throw new ConfigError(faults);
}
