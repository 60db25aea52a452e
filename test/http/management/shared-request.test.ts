import { expect } from 'chai';
import { createSharedRequest } from '../../../app/http/management/shared-request.ts';

describe('A request that callers share', () => {
  let sent: number;
  const create = (deadline: number) =>
    createSharedRequest<string>(() => {
      sent += 1;
    }, deadline);
  beforeEach(() => {
    sent = 0;
  });

  it('is sent once for all who ask before it is answered, and again for the next', async () => {
    const shared = create(60_000);
    const asked = [1, 2, 3, 4, 5].map(() => shared.request());
    expect(sent).to.equal(1);
    shared.receive('first');
    expect(await Promise.all(asked)).to.deep.equal(Array(5).fill('first'));
    const next = shared.request();
    expect(sent).to.equal(2);
    shared.receive('second');
    expect(await next).to.equal('second');
  });

  it('ends with null at the deadline, and is not sent a second time before its answer', async () => {
    const shared = create(1);
    expect(await shared.request()).to.equal(null);
    expect(await shared.request()).to.equal(null);
    expect(sent).to.equal(1);
    shared.receive('late');
    expect(await shared.request()).to.equal(null);
    expect(sent).to.equal(2);
  });
});
