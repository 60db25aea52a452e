import { rootCertificates } from 'node:tls';
import { expect } from 'chai';
import { faultsOf, parse, production, scratchFiles } from '../support/configuration.ts';

const [root = '', other = ''] = rootCertificates;
const onOneLine = (pem: string): string => pem.replaceAll('\n', '\\n');
const fromWindows = (pem: string): string => pem.replaceAll('\n', '\\r\\n');
const key = '-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----';

describe('PEM text in a variable', () => {
  const files = scratchFiles();

  it('of a CA is accepted with line breaks and on one line', () => {
    const chain = `${root}\n${other}`;
    for (const given of [chain, onOneLine(chain), fromWindows(chain), `# ours\n${chain}\n`]) {
      const { database, redis } = parse({ DB_CA: given, REDIS_CA: given });
      for (const { ca } of [database, redis]) {
        expect(ca?.split('\n')).to.include.members(chain.split('\n'));
        expect(ca).not.to.contain('\\');
      }
    }
  });

  it('of a client certificate is accepted on one line, in the variable and in its file', () => {
    const inline = parse({ REDIS_CERT: onOneLine(root), REDIS_KEY: onOneLine(key) });
    expect([inline.redis.cert?.(), inline.redis.key?.()]).to.deep.equal([root.trim(), key]);
    const path = files.write('cert', onOneLine(root));
    const { redis } = parse({ REDIS_CERT_FILE: path, REDIS_KEY: key });
    expect(redis.cert?.()).to.equal(root.trim());
    files.write('cert', onOneLine(other));
    expect(redis.cert?.()).to.equal(other.trim());
  });

  it('of a CA verifies Postgres in full, as a file does', () => {
    expect(parse({ DB_CA: root }).database.sslMode).to.equal('verify-full');
  });

  it('of a CA is refused beside a file of CAs', () => {
    const file = files.write('ca.pem', root);
    expect(faultsOf({ DB_CA: root, DB_CA_FILE: file, REDIS_CA: root, REDIS_CA_FILE: file })).to.deep.equal([
      'DB_CA is given more than once: set one of DB_CA and DB_CA_FILE',
      'REDIS_CA is given more than once: set one of REDIS_CA and REDIS_CA_FILE',
    ]);
  });

  it('of a CA is refused where nothing would verify with it', () => {
    expect(faultsOf({ ...production, DB_TLS: 'unverified', DB_CA: root })).to.deep.equal([
      'DB_TLS must not be unverified beside DB_CA',
    ]);
    expect(faultsOf({ REDIS_URL: 'redis://redis', REDIS_CA: root })).to.deep.equal([
      'REDIS_CA verifies nothing while REDIS_URL is redis://: use rediss://',
    ]);
  });
});
