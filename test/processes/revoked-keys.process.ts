import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { calculateJwkThumbprint } from 'jose';
import { useSigningKeys } from '../support/keys.ts';
import { start } from '../support/process.ts';
import { onRealStore } from '../support/stores.ts';

onRealStore('The command keys', (stores) => {
  const { folder } = useSigningKeys();

  /** A pair whose kid begins with a hyphen, as one in 64 does: the command line must not take it for an option. */
  async function hyphenPair() {
    for (;;) {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      const kid = await calculateJwkThumbprint(publicKey);
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
      if (kid.startsWith('-')) return { kid, pem };
    }
  }

  it('shows and revokes a key, with which no process starts any more', async function () {
    this.timeout(60_000);
    const { kid, pem } = await hyphenPair();
    const variables = {
      DB_PRIMARY_DB_URL: `${stores().url()}?sslmode=disable`,
      DATA_DIR: folder(),
      JWT_ALGORITHM: 'EdDSA',
      JWT_PRIVATE_KEY: pem,
      PORT: '0',
      METRICS_PORT: '0',
    };
    const refused = start(['keys', 'revoke', kid], variables);
    expect(await refused.ended).to.equal(1);
    expect(refused.output()).to.contain('is the key that signs');
    const revoked = start(['keys', 'revoke', kid, '--force'], variables);
    expect(await revoked.ended).to.equal(0);
    expect(revoked.output()).to.contain(`${kid} is revoked`);
    const [listed, service] = [start(['keys', 'list'], variables), start([], variables)];
    expect(await listed.ended).to.equal(0);
    expect(listed.output()).to.match(new RegExp(`^${kid}.*revoked, still configured to sign$`, 'm'));
    expect(await service.ended).to.equal(78);
    expect(service.output()).to.contain('JWT_PRIVATE_KEY').and.contain(kid).and.contain('is revoked');
  });
});
