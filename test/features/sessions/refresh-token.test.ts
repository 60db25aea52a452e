import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import {
  createMacKey,
  hasValidTag,
  issueRefreshToken,
  openSuccessor,
  parseRefreshToken,
  sealSuccessor,
} from '../../../app/features/sessions/internal/refresh-token.ts';

describe('Refresh token', () => {
  const sessionId = randomUUID();
  const macKey = createMacKey();

  it('carries its session and counter through the text form', () => {
    const token = issueRefreshToken(sessionId, 7, macKey);
    expect(parseRefreshToken(token.text)).to.deep.equal(token);
    expect([token.sessionId, token.counter]).to.deep.equal([sessionId, 7]);
  });

  it('has 256 random bits: two of the same session and counter differ', () => {
    expect(issueRefreshToken(sessionId, 1, macKey).text).not.to.equal(
      issueRefreshToken(sessionId, 1, macKey).text,
    );
  });

  it('has a tag that only the session’s key makes, over every bit of it', () => {
    const token = issueRefreshToken(sessionId, 1, macKey);
    expect(hasValidTag(token, macKey)).to.equal(true);
    expect(hasValidTag(token, createMacKey())).to.equal(false);
    const bytes = Buffer.from(token.text, 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(index) ^ 1, index);
      const parsed = parseRefreshToken(changed.toString('base64url'));
      expect(parsed && hasValidTag(parsed, macKey)).to.equal(false);
    }
  });

  it('is nothing but itself: other lengths and alphabets do not parse', () => {
    const { text } = issueRefreshToken(sessionId, 1, macKey);
    for (const bad of [
      '',
      text.slice(1),
      `${text}A`,
      `${text.slice(0, -1)}=`,
      text.replace(/.$/, '+'),
      ` ${text.slice(1)}`,
    ]) {
      expect(parseRefreshToken(bad)).to.equal(null);
    }
  });

  it('seals its successor so that only its holder can open it', () => {
    const token = issueRefreshToken(sessionId, 1, macKey);
    const successor = issueRefreshToken(sessionId, 2, macKey);
    const sealed = sealSuccessor(token, successor);
    expect(openSuccessor(token, sealed)).to.deep.equal(successor);
    expect(() => openSuccessor(issueRefreshToken(sessionId, 1, macKey), sealed)).to.throw();
    sealed.writeUInt8(sealed.readUInt8(20) ^ 1, 20);
    expect(() => openSuccessor(token, sealed)).to.throw();
  });
});
