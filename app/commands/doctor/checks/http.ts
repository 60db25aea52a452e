import { failed, passed, skipped, warning } from '../../checks/check.ts';
import { platformOf } from './configuration.ts';
import { type DoctorCheck, faultCheck } from './fault-check.ts';

const category = 'CORS, hosts and proxies';

const corsForm = `CORS_ALLOWED_ORIGINS=["https://app.example.com","https://admin.example.com"]`;

export const corsChecks: readonly DoctorCheck[] = [
  faultCheck({
    id: 'cors-json',
    category,
    title: 'CORS_ALLOWED_ORIGINS is a JSON array',
    good: 'It is a JSON array, or not set',
    fix: `Write a JSON array with double quotation marks: ${corsForm}`,
    documentation:
      'The variable is a JSON array of texts. A comma list, single quotation marks, and quotation marks that a shell has removed are refused at the start. In a .env file write the array without quotation marks around it; in YAML write single quotation marks around it. Otherwise browsers report `blocked by CORS policy`.',
  }),
  faultCheck({
    id: 'cors-origins',
    category,
    title: 'every item of CORS_ALLOWED_ORIGINS is an origin',
    good: 'Every item has the form in which browsers send it',
    fix: 'Write scheme, host and port in lower case, without a path and without a slash at the end',
    documentation:
      'Browsers send an origin as scheme, host and port, such as `https://app.example.com`. An item with a path, with a slash at the end, with capital letters or with the standard port would never match, so the service refuses it. Copy the value of the `Origin` header from the developer tools of the browser.',
  }),
  faultCheck({
    id: 'cors-wildcard',
    category,
    title: 'CORS_ALLOWED_ORIGINS allows no unknown site in production',
    good: 'It contains no general wildcard',
    fix: 'List the origins of your pages. `https://*.preview.example.com` stands for one label',
    documentation:
      'With `*` every web site could call the API with what it knows of a user, and `http://` with a wildcard allows everybody who is on the path. Production refuses both. A wildcard for one label below your own domain is accepted.',
  }),
];

export const hostChecks: readonly DoctorCheck[] = [
  faultCheck({
    id: 'allowed-hosts-missing',
    category,
    title: 'ALLOWED_HOSTS is set in production',
    good: 'The variable is set, or not needed',
    fix: 'Set ALLOWED_HOSTS to the names under which clients reach the service, such as auth.example.com',
    documentation:
      'The service answers only to the host names in the list, so that nobody can make it write links or cache entries for another name. Production demands the list. `*` accepts every name, and says so.',
  }),
  faultCheck({
    id: 'allowed-hosts-form',
    category,
    title: 'ALLOWED_HOSTS contains host names only',
    good: 'Every item is a host name, or the list is empty',
    fix: 'Remove https://, ports and paths: ALLOWED_HOSTS=auth.example.com,api.example.com',
    documentation:
      'The list has host names without scheme, port and path, separated by commas. The port of the Host header is ignored. A JSON array, as CORS_ALLOWED_ORIGINS has it, is not accepted here.',
  }),
  {
    id: 'allowed-hosts-public',
    category,
    title: 'ALLOWED_HOSTS contains the public host name',
    documentation:
      'If the name that clients use is not in the list, every request through the load balancer is answered with 400. The doctor knows the public name from `--public-url`, or from `JWT_ISSUER` if that is a URL. A proxy that replaces the Host header (`preserve_host` off) needs its internal name in the list, or better the setting to keep the header.',
    async run({ config: { http }, publicHost }) {
      if (!publicHost) return skipped('The public name is not known: use --public-url');
      const { allowedHosts } = http;
      if (allowedHosts.length === 0 || allowedHosts.includes('*') || allowedHosts.includes(publicHost))
        return passed(`${publicHost} is answered`);
      return failed(
        `ALLOWED_HOSTS does not contain ${publicHost}, so its requests are answered with 400`,
        `Add ${publicHost} to ALLOWED_HOSTS`,
      );
    },
  },
];

export const proxyChecks: readonly DoctorCheck[] = [
  faultCheck({
    id: 'trusted-proxies-form',
    category,
    title: 'TRUSTED_PROXIES contains addresses, blocks and known names',
    good: 'Every item is understood',
    fix: 'Write IP addresses, CIDR blocks or one of the names in docs/proxies.md, separated by commas',
    documentation:
      'The list has IP addresses, CIDR blocks, and the names `loopback`, `private`, `cloudflare` and those of platforms. A host name is refused, because the address behind it could change. docs/proxies.md has a table of providers.',
  }),
  faultCheck({
    id: 'trusted-proxies-everyone',
    category,
    title: 'TRUSTED_PROXIES does not trust every address',
    good: 'A client cannot choose its own address',
    fix: 'Write the addresses of your proxies only; docs/proxies.md lists them for each provider',
    documentation:
      'With `0.0.0.0/0` every peer counts as a proxy, so the address that limits and logs use is the one that the client wrote into the header. Any client could then avoid every limit, and lock out others.',
  }),
  {
    id: 'trusted-proxies-missing',
    category,
    title: 'TRUSTED_PROXIES is set behind a proxy',
    documentation:
      'Behind a load balancer without `TRUSTED_PROXIES`, every client has the address of the load balancer. All users then share one budget of the rate limits, the login history shows one address for everybody, and one attacker locks out all. The doctor warns on Kubernetes, ECS, Cloud Run and Heroku, and if the service listens on the loopback interface, where only a proxy can reach it.',
    async run({ config: { http }, env }) {
      if (http.trustedProxies.length > 0) return passed(`It contains ${http.trustedProxies.join(', ')}`);
      const platform = platformOf(env);
      const isLocal = /^(127\.|::1$|localhost$)/.test(http.host ?? '');
      if (!platform && !isLocal)
        return skipped('Nothing shows that there is a proxy in front of the service');
      const where = platform ? `on ${platform}` : `while HOST is ${http.host}`;
      return warning(
        `TRUSTED_PROXIES is empty ${where}: every client has the address of the proxy, and all share one rate limit`,
        'Set TRUSTED_PROXIES to the addresses or the name of the platform (docs/proxies.md)',
      );
    },
  },
];
