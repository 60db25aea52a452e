import { expect } from 'chai';
import type { ServerUnderTest } from './server-under-test.ts';

const options = [
  'certbot certonly --non-interactive --agree-tos --no-eff-email --email you@yourdomain.com --force-renewal',
  '--webroot --webroot-path /var/lib/auth-system/acme --domain api.yourdomain.com',
  '--server https://localhost:14000/dir',
  "--deploy-hook 'bash /opt/auth-system/bin/deploy-certificate'",
].join(' ');

/** Mistakes in the command of the page, and what certbot says. */
const mistakes: readonly (readonly [from: string, to: string, says: string])[] = [
  [
    '/var/lib/auth-system/acme',
    '/var/lib/auth-system/webroot',
    '/var/lib/auth-system/webroot does not exist or is not a directory',
  ],
  ['/var/lib/auth-system/acme', '/var/lib/auth-system', 'unauthorized'],
  ['api.yourdomain.com', 'api_1.yourdomain.com', 'api_1.yourdomain.com'],
  ['--webroot ', '--standalone ', 'Could not bind TCP port 80 because it is already in use'],
  ["'bash /opt/auth-system/bin/deploy-certificate'", '/opt/auth-system/bin/deploy', 'is not executable'],
  ['localhost:14000', 'localhost:14001', 'Connection refused'],
];

/** Tests of certbot's own judgement. */
export function certbotTests(get: () => ServerUnderTest): void {
  for (const [from, to, says] of mistakes)
    it(`refuses ${to || `a command without ${from.trim()}`}`, async () => {
      const { machine } = get();
      const fresh = '/tmp/certbot-mistakes';
      const command = `${options.replaceAll(from, to)} --config-dir ${fresh}`;
      const output = await machine.run(
        `rm -rf ${fresh}; ! ${command.replace(/--webroot-path \S+ /, (text) => (to === '--standalone ' ? '' : text))} 2>&1`,
      );
      expect(output).to.contain(says);
    });
}
