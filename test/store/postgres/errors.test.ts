import { expect } from 'chai';
import postgres from 'postgres';
import { AppError } from '../../../app/errors.ts';
import { isFatal, isOutage, translate, unavailable } from '../../../app/store/postgres/errors.ts';

const withCode = (code: string): Error => Object.assign(new Error(code), { code });

function refusal(code: string, severity = 'ERROR'): Error {
  // The client creates errors like this from messages of the server. Its types hide the constructor.
  const PostgresError = postgres.PostgresError as unknown as new (fields: object) => Error;
  return new PostgresError({ message: code, code, severity });
}

function meaningOf(error: unknown): string {
  const translated = translate(error);
  if (translated instanceof AppError) return translated.code;
  expect(translated).to.equal(error);
  return 'as it is';
}

describe('translated errors of Postgres', () => {
  it('a failed or broken connection is service_unavailable', () => {
    const codes = [
      'CERT_HAS_EXPIRED',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'EMFILE',
      'EADDRNOTAVAIL',
      'ENETUNREACH',
      'ECONNREFUSED',
      'CONNECTION_CLOSED',
      'SASL_SIGNATURE_MISMATCH',
      'a code that nobody has heard of',
    ];
    for (const code of codes) expect(meaningOf(withCode(code)), code).to.equal('service_unavailable');
    expect(meaningOf(new Error('without a code'))).to.equal('service_unavailable');
    expect(translate(withCode('EMFILE'))).to.include({ retryAfter: 1 });
  });

  it('a problem of the server or of the credentials is service_unavailable', () => {
    const states = ['08006', '08P01', '25006', '25P03', '25P04', '28P01', '28000', '3D000', '53100', '53300'];
    for (const state of [
      ...states,
      '54000',
      '55P03',
      '57014',
      '57P01',
      '57P03',
      '58030',
      '58P01',
      'XX000',
      'XX001',
    ]) {
      expect(meaningOf(refusal(state)), state).to.equal('service_unavailable');
    }
  });

  it('an error that ends the connection is service_unavailable, whatever its SQLSTATE', () => {
    expect(meaningOf(refusal('55000', 'FATAL'))).to.equal('service_unavailable');
    expect(meaningOf(refusal('42501', 'FATAL'))).to.equal('service_unavailable');
  });

  it('a pooler that sends the severity in one field only is understood', () => {
    // PgBouncer 1.18 sends S, and not V.
    const error = refusal('0A000', '');
    Object.assign(error, { severity: undefined, severity_local: 'FATAL' });
    expect([meaningOf(error), isFatal(error)]).to.deep.equal(['service_unavailable', true]);
  });

  it('a pooler without a server, and a server that stops, starts or refuses the login, are an outage', () => {
    for (const state of ['08P01', 'XX000', '57P01', '57P02', '57P03', '28P01', '53300'])
      expect(isOutage(unavailable(refusal(state, 'FATAL'))), state).to.equal(true);
    // PgBouncer before 1.16 sends ERROR.
    expect(isOutage(unavailable(refusal('08P01')))).to.equal(true);
    for (const state of ['25006', '53100', '57014', '55P03', 'XX000'])
      expect(isOutage(unavailable(refusal(state))), state).to.equal(false);
  });

  it('an error in the statement stays as it is, and so does a retryable error', () => {
    const states = ['22P02', '23505', '25P02', '26000', '42501', '42601', '42P01', '40001', '40P01', '54001'];
    for (const state of states) expect(meaningOf(refusal(state)), state).to.equal('as it is');
  });

  it('our own bugs stay as they are: a misused client, an invalid value, an AppError', () => {
    for (const code of ['UNDEFINED_VALUE', 'MAX_PARAMETERS_EXCEEDED', 'NOT_TAGGED_CALL']) {
      expect(meaningOf(withCode(code)), code).to.equal('as it is');
    }
    const mistakes = [new TypeError('x'), new RangeError('x'), new ReferenceError('x'), new SyntaxError('x')];
    for (const mistake of mistakes) expect(meaningOf(mistake)).to.equal('as it is');
    expect(meaningOf(new AppError('email_taken'))).to.equal('email_taken');
  });
});
