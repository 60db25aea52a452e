import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, isIP, isIPv6 } from 'node:net';
import { failed, passed, skipped } from '../../checks/check.ts';
import { onHttps, type VerifyCheck } from '../context.ts';
import type { Target } from '../http/target.ts';
import { shakeHands } from '../http/tls-handshake.ts';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Errors of a machine that has no IPv6 itself. */
const noIpv6 = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EHOSTUNREACH', 'EAFNOSUPPORT']);

async function connectTo({ host, url }: Target, address = host): Promise<void> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const socket = connect({ host: address, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(10_000) });
  } finally {
    socket.destroy();
  }
}

export const networkChecks: readonly VerifyCheck[] = [
  {
    id: 'dns-address',
    category: 'Network',
    title: 'The host has an address',
    documentation:
      'Asks the resolver of this machine for the addresses of the host in the URL. A failure is usually a missing or misspelled DNS record, or one that has not reached this resolver yet. Compare `dig +short HOST` with the address of the load balancer. `--resolve HOST:ADDRESS` verifies a deployment before its record is changed.',
    async run({ target: { address, host } }) {
      if (address) return skipped(`--resolve names ${address}`);
      if (isIP(host)) return skipped('The URL names an address');
      try {
        const found = await lookup(host, { all: true });
        return passed(found.map((each) => each.address).join(', '));
      } catch (error) {
        return failed(
          `${host} has no address (${codeOf(error)})`,
          'Create the A or AAAA record, or name the address with --resolve',
        );
      }
    },
  },
  {
    id: 'tcp-connection',
    category: 'Network',
    title: 'The port accepts connections',
    documentation:
      'Opens a TCP connection. `ECONNREFUSED` means that nothing listens on the port: the proxy or the service is not running, or another port is published. No answer at all means that a firewall or a security group drops packets.',
    needs: ['dns-address'],
    async run({ target }) {
      try {
        await connectTo(target, target.address);
        return passed('A connection was opened');
      } catch (error) {
        return failed(
          `There is no connection (${codeOf(error)})`,
          'Start the proxy or the service, and let the firewall pass the port',
        );
      }
    },
  },
  {
    id: 'ipv6-connection',
    category: 'Network',
    title: 'The service answers over IPv6 if it has an IPv6 address',
    documentation:
      'A host with an AAAA record must answer there too: many clients try IPv6 first and wait before they use IPv4. Open the port for IPv6 as well, and let the proxy listen on `[::]`, or remove the AAAA record.',
    needs: ['tcp-connection'],
    async run({ target }) {
      if (target.isLoopback) return skipped('The host is a loopback address');
      if (target.address) return skipped(`--resolve names ${target.address}`);
      const found = (await lookup(target.host, { all: true })).map(({ address }) => address).filter(isIPv6);
      if (found.length === 0) return skipped('The host has no IPv6 address');
      for (const address of found) {
        try {
          await (target.isHttps
            ? shakeHands(target, { address, min: 'TLSv1', max: 'TLSv1.3' })
            : connectTo(target, address));
        } catch (error) {
          if (noIpv6.has(codeOf(error))) return skipped('This machine has no IPv6');
          return failed(
            `${address} does not answer (${codeOf(error)})`,
            'Let the proxy listen on IPv6 and open its port, or remove the AAAA record',
          );
        }
      }
      return passed(found.join(', '));
    },
  },
  {
    id: 'http-redirect',
    category: 'Network',
    title: 'Plain HTTP is redirected to HTTPS, or refused',
    documentation:
      'Sends one request to port 80. A redirect to `https://` on the same host is right, and so is a port that nobody answers on. Anything else lets a client send its password in plain text. The check is skipped if the URL names a port.',
    needs: ['tcp-connection'],
    run: onHttps(async ({ http, target }) => {
      if (target.url.port) return skipped('The URL names a port, so the port of plain HTTP is not known');
      const url = new URL(`http://${target.url.hostname}/`);
      const reply = await http.send({ path: '/api/v1/health', url }).catch(() => null);
      if (!reply) return passed('Plain HTTP is refused');
      const location = reply.lines.find(([name]) => name === 'location')?.[1] ?? '';
      const isRedirect = reply.status >= 301 && reply.status <= 308;
      if (isRedirect && location.startsWith(`https://${target.url.hostname}`))
        return passed(`Redirected with ${reply.status}`);
      if (reply.status >= 400) return passed(`Refused with ${reply.status}`);
      return failed(
        `Plain HTTP answered ${reply.status}${isRedirect ? ' with another target than HTTPS' : ''}`,
        'Let the proxy redirect every request on port 80 to https://',
      );
    }),
  },
];
