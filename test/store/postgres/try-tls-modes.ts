import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { parseConfig } from '../../../app/config/config.ts';
import { connect } from '../../../app/store/postgres/connection.ts';
import type { Certificate } from '../../support/certificates.ts';
import { production } from '../../support/configuration.ts';
import { type Login, startStandIn } from '../../support/stand-in-postgres.ts';

// node --import=tsx test/store/postgres/try-tls-modes.ts FOLDER < modes.json
//
// Tries each mode of the table in docs/security.md against servers with different certificates and logins, and prints
// what it found as JSON. A process of its own, because Node reads NODE_EXTRA_CA_CERTS, which stands for the public CAs
// here, only when it starts. FOLDER has the certificates.

/** One row of the table, as found. */
export interface TriedMode {
  readonly mode: string;
  readonly encrypted: string;
  readonly chain: string;
  readonly hostName: string;
  readonly requests: string;
  readonly trust: string;
  /** Logins of a server without the password that got the password, its MD5 hash, or a query. */
  readonly leaks: readonly string[];
}

const log = pino({ level: 'silent' });
const password = 'kR7-long-and-random';
const [folder = ''] = process.argv.slice(2);

const certificate = (name: string): Certificate => {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
};

/** Servers without the password, none of which may be sent the password or a query. */
const impostors: readonly Login[] = [
  'md5',
  'ready at once',
  'scram without its last step',
  'scram with a wrong signature',
  'scram with a nonce of its own',
];

interface Attempt {
  readonly isConnected: boolean;
  readonly gotPassword: boolean;
  readonly gotQuery: boolean;
}

/** Tries one server in a mode such as: `sslmode=require`, `DB_CA_FILE`. */
async function attempt(mode: string, login: Login, cert: Certificate | undefined): Promise<Attempt> {
  const socketFolder = mode.includes('host=/') ? mkdtempSync(join(tmpdir(), 'auth-sock-')) : undefined;
  const server = await startStandIn({ login, certificate: cert, password, socketFolder });
  const parts = [...mode.matchAll(/`([^`]+)`/g)].map(([, part = '']) => part);
  const caFile = certificate('other-ca').certFile;
  const query = parts
    .filter((part) => part.includes('=') && !part.startsWith('DB_'))
    .map((part) => part.replace('FILE', caFile).replace('/FOLDER', socketFolder ?? ''));
  const given: Record<string, string> = {
    DB_CA_FILE: caFile,
    // On one line, as platforms without files deliver it.
    DB_CA: certificate('other-ca').cert.replaceAll('\n', '\\n'),
  };
  const variables = parts
    .filter((part) => part.startsWith('DB_'))
    .map((part) => (given[part] ? [part, given[part]] : part.split('=')));
  const url = `postgresql://admin:${password}@localhost:${server.port}/authdb?${query.join('&')}`;
  const config = parseConfig({ ...production, ...Object.fromEntries(variables), DB_PRIMARY_DB_URL: url });
  const connection = connect({
    target: { ...config.database, url: () => url },
    ...{ prepare: false, connectTimeout: 10_000, parameters: {}, log },
  });
  const isConnected = await connection.unsafe('select 1').then(
    () => true,
    () => false,
  );
  await connection.end({ timeout: 0 });
  server.close();
  if (socketFolder) rmSync(socketFolder, { recursive: true });
  const isPassword = (answer: string) => answer.includes(password) || answer.startsWith('md5');
  return {
    isConnected,
    gotPassword: server.answers.some(isPassword),
    gotQuery: server.queries.length > 0,
  };
}

async function chainOf(mode: string): Promise<string> {
  const accepts = async (name: string) => (await attempt(mode, 'scram', certificate(name))).isConnected;
  const [ours, other, selfSigned] = [
    await accepts('our-ca-right'),
    await accepts('other-ca-right'),
    await accepts('self-signed'),
  ];
  if (selfSigned) return '–';
  if (ours) return other ? 'both' : 'public CAs';
  return other ? 'the file' : 'none';
}

async function tryMode(mode: string): Promise<TriedMode> {
  const isSocket = mode.includes('host=/');
  const encrypted = isSocket || (await attempt(mode, 'scram', undefined)).isConnected ? 'no' : 'yes';
  const chain = encrypted === 'no' ? '–' : await chainOf(mode);
  const authority = chain === 'the file' ? 'other-ca' : 'our-ca';
  const accepted = encrypted === 'no' ? undefined : certificate(`${authority}-right`);
  const wrongHost = certificate(`${authority}-wrong-host`);
  const acceptsWrongHost = encrypted === 'no' || (await attempt(mode, 'scram', wrongHost)).isConnected;

  const requests: string[] = [];
  if ((await attempt(mode, 'scram', accepted)).isConnected) requests.push('SCRAM');
  if ((await attempt(mode, 'cleartext', accepted)).gotPassword) requests.push('clear text');
  if ((await attempt(mode, 'md5', accepted)).gotPassword) requests.push('MD5');
  const leaks: string[] = [];
  // A man in the middle who forwards the login may then ask for the password. The query was for the real server.
  if ((await attempt(mode, 'cleartext after scram', accepted)).gotPassword)
    leaks.push('cleartext after scram');
  for (const login of impostors) {
    const { gotPassword, gotQuery } = await attempt(mode, login, accepted);
    if (gotPassword || gotQuery) leaks.push(login);
  }
  return {
    mode,
    encrypted,
    chain,
    hostName: acceptsWrongHost ? '–' : 'verified',
    requests: requests.join(', '),
    trust: (await attempt(mode, 'trust', accepted)).gotQuery ? 'accepted' : 'refused',
    leaks,
  };
}

const modes: string[] = JSON.parse(readFileSync(0, 'utf8'));
const tried: TriedMode[] = [];
for (const mode of modes) tried.push(await tryMode(mode));
process.stdout.write(JSON.stringify(tried));
