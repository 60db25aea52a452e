import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect } from 'chai';

const files = readdirSync('app', { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.[cm]?ts$/.test(name),
);
const sources = files.map((name) => readFileSync(`app/${name}`, 'utf8'));

/** What `pattern` captures, anywhere in the application, without repetition. */
function found(pattern: RegExp): string[] {
  return [
    ...new Set(sources.flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name))),
  ].sort();
}

/** Every file that the file imports, and those that they import. */
function reachedFrom(first: string, reached = new Set([first])): string[] {
  const text = sources[files.indexOf(first)] ?? '';
  for (const [, target = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
    const file = posix.join(posix.dirname(first), target);
    if (reached.has(file)) continue;
    reached.add(file);
    reachedFrom(file, reached);
  }
  return [...reached];
}

/** The inventory of docs/security.md, compared with the source (ASVS 11.1.2). */
describe('Cryptography in the sources', () => {
  it('hashes and makes MACs with SHA-256 only', () => {
    const names = found(/create(?:Hash|Hmac)\(\s*['"`]([^'"`]+)/g);
    // SHA-1 protects nothing here, see below.
    expect(names.filter((name) => name !== 'sha1')).to.deep.equal(['sha256']);
    expect(found(/hkdf(?:Sync)?\(\s*['"`]([^'"`]+)/g)).to.deep.equal(['sha256']);
    expect(found(/create(?:Hash|Hmac)\(\s*([^'"`\s])/g)).to.deep.equal([]);
  });

  it('uses SHA-1 only where the protocol for breached passwords prescribes it', () => {
    const users = files.filter(
      (_name, at) => /sha-?1\b/i.test(sources[at] ?? '') && /createHash/.test(sources[at] ?? ''),
    );
    expect(users).to.deep.equal(['features/passwords/breach-check.ts']);
  });

  it('encrypts with AES-256-GCM only', () => {
    expect(found(/create(?:Cipher|Decipher)iv\(\s*['"`]([^'"`]+)/g)).to.deep.equal(['aes-256-gcm']);
    expect(found(/((?:public|private)(?:Encrypt|Decrypt))/g)).to.deep.equal([]);
  });

  it('draws no secret from Math.random, and none shorter than 16 bytes', () => {
    expect(found(/(Math\.random|pseudoRandomBytes)/g)).to.deep.equal([]);
    const lengths = found(/randomBytes\((\d+)\)/g)
      .map(Number)
      .filter((length) => length < 16);
    // The nonce of AES-GCM need not be secret.
    expect(lengths).to.have.members([12]);
  });

  it('comes from Node, jose, argon2 and age only', () => {
    const packages = found(/from '([^'.][^']*)'/g);
    expect(
      packages.filter((name) => /crypt|jose|argon|hash|forge|sodium|noble|sjcl|md5|sha\d/i.test(name)),
    ).to.deep.equal(['@node-rs/argon2', 'age-encryption', 'jose', 'node:crypto']);
  });
});

describe('Dangerous functions in the sources', () => {
  it('runs no text as code, and starts only the programs for backups and kubectl, without a shell (ASVS 1.2.5, 1.3.2)', () => {
    // `redis.eval` runs a constant script of ours with the input as arguments.
    expect(
      found(/(?<![.\w])(eval\(|new Function\(|Function\(['"`]|set(?:Timeout|Interval)\(['"`])/g),
    ).to.deep.equal([]);
    expect(found(/from '((?:node:)?(?:vm|cluster|repl|inspector))'/g)).to.deep.equal([]);
    const starting = files.filter((_name, at) => /child_process/.test(sources[at] ?? ''));
    expect(starting).to.have.members([
      'commands/backup/programs.ts',
      'commands/verify/kubernetes/kubectl.ts',
    ]);
    expect(reachedFrom('commands/serve.ts')).to.include('http/app.ts');
    expect(reachedFrom('commands/serve.ts').filter((name) => starting.includes(name))).to.deep.equal([]);
    expect(
      found(/\b(exec\w*\(|shell:(?!\s*Shell\b)|spawnSync)/g).filter((call) => call !== 'exec('),
    ).to.deep.equal([]);
    expect(found(/\bspawn\(([^,]+)/g)).to.deep.equal(['program']);
    const programs = found(/\b(?:startProgram|readProgram|versionOf)\(\s*([^,)]+)/g);
    expect(programs.filter((name) => !/^program(?:: |$)/.test(name))).to.deep.equal([
      ...[`'gpg'`, `'pg_dump'`, `'pg_restore'`, `'rclone'`],
    ]);
    expect(found(/\.eval\(\s*(?!\w*[sS]cript\b)(\S+)/g)).to.deep.equal([]);
  });
});

describe('Logs in the sources', () => {
  it('opens no file for a log, no console and no transport (ASVS 16.2.3)', () => {
    const places =
      /(console\.\w+\(|createWriteStream|appendFile|pino\.(?:transport|destination)|pino\/file)/g;
    expect(found(places)).to.deep.equal([]);
  });
});
