import { expect } from 'chai';
import { startScram } from '../../../../app/store/postgres/handshake/scram.ts';
import { TransportError } from '../../../../app/store/postgres/handshake/transport-error.ts';

/** The example of RFC 7677 section 3. */
const example = {
  bare: 'n=user,r=rOprNGfwEbeRWgbNEkqO',
  serverFirst: 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  clientFinal:
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverFinal: 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};

const respond = (serverFirst: string, password = 'pencil', minIterations = 4_096) =>
  startScram(example.bare).respond(serverFirst, password, minIterations);

const refused = (serverFirst: string): Promise<unknown> =>
  respond(serverFirst).catch((error: unknown) => error);

describe('SCRAM-SHA-256', () => {
  it('proves the password and verifies the server as in the example of RFC 7677', async () => {
    expect(startScram(example.bare).clientFirst).to.equal(`n,,${example.bare}`);
    const { clientFinal, verify } = await respond(example.serverFirst);
    expect(clientFinal).to.equal(example.clientFinal);
    verify(example.serverFinal);
  });

  it('refuses every other signature of the server', async () => {
    const { verify } = await respond(example.serverFirst);
    const other = (await respond(example.serverFirst, 'crayon')).clientFinal.replace(/^.*p=/, 'v=');
    for (const serverFinal of ['', 'v=', 'v=null', 'e=other-error', other, `x${example.serverFinal}`])
      expect(() => verify(serverFinal), serverFinal).to.throw(TransportError);
  });

  it('refuses a nonce that does not extend its own, and messages that are incomplete', async () => {
    const { serverFirst } = example;
    for (const message of [
      serverFirst.replace('r=rOpr', 'r=XOpr'),
      serverFirst.replace(/r=[^,]*/, 'r=rOprNGfwEbeRWgbNEkqO'),
      serverFirst.replace(/s=[^,]*/, 's='),
      serverFirst.replace(/i=.*/, 'i=many'),
      serverFirst.replace(/,i=.*/, ''),
      `m=extension,${serverFirst}`,
      '',
    ])
      expect(await refused(message), message).to.be.instanceOf(TransportError);
  });

  it('refuses so few iterations that its proof could be guessed, and so many that they take minutes', async () => {
    for (const count of ['1', '4095', '1000001', '2147483648', '-1', '0'])
      expect(await refused(example.serverFirst.replace('4096', count)), count).to.be.instanceOf(
        TransportError,
      );
    await respond(example.serverFirst.replace('4096', '1'), 'pencil', 1);
  });

  it('uses another nonce in every exchange', () => {
    expect(startScram().clientFirst).not.to.equal(startScram().clientFirst);
  });
});
