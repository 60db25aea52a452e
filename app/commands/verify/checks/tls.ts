import { checkServerIdentity } from 'node:tls';
import { failed, passed, skipped, warning } from '../../checks/check.ts';
import { onHttps, type VerifyCheck } from '../context.ts';
import { shakeHands } from '../http/tls-handshake.ts';

const category = 'TLS';
const day = 24 * 60 * 60 * 1000;

/** Faults of the dates alone, which `tls-expiry` reports. */
const dateFaults = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID']);

const isWithin = ({ valid_from, valid_to }: { valid_from: string; valid_to: string }, now: number): boolean =>
  Date.parse(valid_from) <= now && now <= Date.parse(valid_to);

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

export const tlsChecks: readonly VerifyCheck[] = [
  {
    id: 'tls-in-use',
    category,
    title: 'The URL is HTTPS',
    documentation:
      'Passwords and tokens must not cross a network in plain text. Plain HTTP is accepted for a loopback address only. Put a proxy with TLS in front of the service, as the pages in docs/deploy do.',
    needs: ['tcp-connection'],
    async run({ target: { isHttps, isLoopback } }) {
      if (isHttps) return passed('https');
      if (isLoopback) return skipped('The host is a loopback address');
      return failed('The URL is plain HTTP', 'Verify the https:// URL, and put TLS in front of the service');
    },
  },
  {
    id: 'tls-version',
    category,
    title: 'The connection uses TLS 1.2 or newer',
    documentation:
      'RFC 8996 forbids TLS 1.0 and 1.1. Allow TLS 1.2 and 1.3 in the proxy or load balancer: `ssl_protocols TLSv1.2 TLSv1.3;` in nginx, a current security policy on a load balancer of a cloud.',
    needs: ['tls-in-use'],
    run: onHttps(async (context) => {
      try {
        const { protocol } = await context.handshake();
        if (protocol === 'TLSv1.2' || protocol === 'TLSv1.3') return passed(protocol);
        return failed(`The server uses ${protocol}`, 'Allow TLS 1.2 and 1.3 in the proxy');
      } catch (error) {
        return failed(
          `There is no TLS on this port (${codeOf(error)})`,
          'Let the proxy terminate TLS on this port, with a certificate for this host',
        );
      }
    }),
  },
  {
    id: 'tls-old-versions',
    category,
    title: 'TLS 1.0 and 1.1 are refused',
    documentation:
      'Tries a handshake with TLS 1.1 and older, which must fail (RFC 8996). Remove `TLSv1` and `TLSv1.1` from the protocols of the proxy.',
    needs: ['tls-version'],
    run: onHttps(async ({ target }) => {
      const old = await shakeHands(target, { min: 'TLSv1', max: 'TLSv1.1' }).catch(() => null);
      if (!old) return passed('Refused');
      return failed(
        `The server accepts ${old.protocol}`,
        'Remove TLS 1.0 and 1.1 from the protocols of the proxy',
      );
    }),
  },
  {
    id: 'tls-chain',
    category,
    title: 'The certificate leads to a trusted authority',
    documentation:
      'Verifies the chain of certificates as a client does, from the authorities that Node.js knows and those of `--ca FILE`. `UNABLE_TO_VERIFY_LEAF_SIGNATURE` means that the proxy sends its certificate without the intermediate one: install `fullchain.pem` and not `cert.pem`. Browsers hide this fault, other clients do not.',
    needs: ['tls-version'],
    run: onHttps(async (context) => {
      const { certificate, distrust } = await context.handshake();
      const isOfDates = dateFaults.has(distrust ?? '') && !isWithin(certificate, Date.now());
      if (context.target.isInsecure)
        return warning(
          `--insecure accepts any certificate${distrust ? ` (this one: ${distrust})` : ''}`,
          'Use --ca with the certificate of your authority instead of --insecure',
        );
      if (distrust === null || isOfDates)
        return passed(`Issued by ${certificate.issuer?.CN ?? 'an authority'}`);
      return failed(
        `The chain is not trusted: ${distrust}`,
        'Install the whole chain (fullchain.pem), or name your own authority with --ca',
      );
    }),
  },
  {
    id: 'tls-host-name',
    category,
    title: 'The certificate is for this host',
    documentation:
      'Compares the host of the URL with the names in the certificate (RFC 9525). Request a certificate that contains the host, and check that the proxy chooses it for this server name (SNI).',
    needs: ['tls-version'],
    run: onHttps(async (context) => {
      const { certificate } = await context.handshake();
      const fault = checkServerIdentity(context.target.host, certificate);
      if (!fault) return passed(context.target.host);
      const message = `The certificate is for ${certificate.subjectaltname ?? 'no host'}`;
      if (context.target.isInsecure)
        return warning(`${message} (--insecure)`, `Request a certificate for ${context.target.host}`);
      return failed(message, `Request a certificate for ${context.target.host}`);
    }),
  },
  {
    id: 'tls-expiry',
    category,
    title: 'The certificate is valid for three weeks or longer',
    documentation:
      'Fewer than 21 days are a warning, because renewal should have happened already; fewer than 3 days are a failure. Look at the log of certbot, cert-manager or the cloud, and at the reload of the proxy after a renewal.',
    needs: ['tls-version'],
    run: onHttps(async (context) => {
      const { certificate } = await context.handshake();
      const now = Date.now();
      const left = Math.floor((Date.parse(certificate.valid_to) - now) / day);
      const fix = 'Renew the certificate, let the proxy load it, and find out why it was not renewed';
      if (Date.parse(certificate.valid_from) > now)
        return failed(`The certificate is not valid before ${certificate.valid_from}`, fix);
      const message = left < 0 ? `It expired at ${certificate.valid_to}` : `It is valid for ${left} days`;
      if (left < 3) return failed(message, fix);
      return left < 21 ? warning(message, fix) : passed(message);
    }),
  },
];

/** Everything that sends a request needs these: a password must not go to a server that is not the right one. */
export const trusted: readonly string[] = [
  'tcp-connection',
  'tls-in-use',
  'tls-version',
  'tls-chain',
  'tls-host-name',
  'tls-expiry',
];
