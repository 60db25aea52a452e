import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { createDeviceTokens } from '../../../app/features/devices/device-tokens.ts';
import { useMonotonicClock } from '../../support/clock.ts';

describe('A device token', () => {
  const clock = useMonotonicClock({ isFrozen: true });
  const secret = randomBytes(32);
  const account = { id: randomUUID(), deviceEpoch: 3 };
  const devices = () => createDeviceTokens(secret);

  it('is recognised in a cookie and in a body, without its account', () => {
    const { issue, isRecognised } = devices();
    const token = issue(account);
    expect(isRecognised(`a=b; __Host-device=${token}; c=d`)).to.equal(true);
    expect(isRecognised(JSON.stringify({ email: 'a@b.c', password: 'x', device_token: token }))).to.equal(
      true,
    );
    expect(isRecognised(createDeviceTokens(randomBytes(32)).issue(account))).to.equal(false);
    expect(isRecognised(token.replace('.3.', '.4.'))).to.equal(false);
    expect(isRecognised('')).to.equal(false);
  });

  it('is valid for its account until the epoch changes', () => {
    const { issue, verify } = devices();
    const token = issue(account);
    expect(verify(token, account)).to.equal(token.split('.')[1]);
    expect(verify(token, { ...account, deviceEpoch: 4 })).to.equal(null);
    expect(verify(token, { ...account, id: randomUUID() })).to.equal(null);
  });

  it('of the form that had no epoch is as valid, keeps its nonce and is not recognised by its text alone', () => {
    const { issue, verify, isRecognised } = devices();
    const nonce = randomBytes(16).toString('base64url');
    const mac = createHmac('sha256', secret).update(`${account.id}|${nonce}|3`).digest('base64url');
    const old = `${account.id}.${nonce}.${mac}`;
    expect(verify(old, account)).to.equal(nonce);
    expect(isRecognised(old)).to.equal(false);
    const renewed = issue(account, nonce);
    expect([verify(renewed, account), isRecognised(renewed)]).to.deep.equal([nonce, true]);
  });

  it('of one user is recognised 60 times a minute, however many tokens the user has', async () => {
    const { issue, isRecognised } = devices();
    const ask = () => Array.from({ length: 61 }, () => isRecognised(issue(account)));
    expect(ask()).to.deep.equal([...Array(60).fill(true), false]);
    expect(isRecognised(issue({ id: randomUUID(), deviceEpoch: 1 }))).to.equal(true);
    await clock.advance(60_001);
    expect(isRecognised(issue(account))).to.equal(true);
  });
});
