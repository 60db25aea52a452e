import { type AlertCases, fires, podLabels, silent } from './alert-case.ts';

function logins(success: number, unknownEmail: number, wrongPassword: number) {
  return {
    [`auth_logins_total{${podLabels},outcome="success",reason="none"}`]: `0+${success}x60`,
    [`auth_logins_total{${podLabels},outcome="failure",reason="unknown_email"}`]: `0+${unknownEmail}x60`,
    [`auth_logins_total{${podLabels},outcome="failure",reason="wrong_password"}`]: `0+${wrongPassword}x60`,
  };
}
const reuse = (values: string) => ({
  [`auth_refreshes_total{${podLabels},outcome="failure",cause="reuse_old"}`]: values,
});
const anomalies = (values: string) => ({
  [`auth_session_anomalies_total{${podLabels},action="ended"}`]: values,
});
const refusedCopies = (reason: string, values: string) => ({
  [`auth_state_copies_refused_total{${podLabels},reason="${reason}"}`]: values,
});

/** Accounts that the failed and the successful logins of the last ten minutes name. */
const accounts = (failure: string, success: string) => ({
  [`auth_login_accounts{${podLabels},outcome="failure"}`]: failure,
  [`auth_login_accounts{${podLabels},outcome="success"}`]: success,
});

export const attacks: AlertCases = {
  AuthPasswordGuessing: [
    fires('a thousand accounts are attacked by day', {
      series: accounts('40x10 1000x50', '400x60'),
      at: '20m',
    }),
    fires('sixty accounts are attacked at night', { series: accounts('1x10 60x50', '3x60'), at: '20m' }),
    fires('an attack pauses for half an hour', { series: accounts('60x20 0x60', '3x80'), at: '50m' }),
    silent('the attack ended more than an hour ago', { series: accounts('60x20 0x90', '3x110'), at: '90m' }),
    silent('one script with a list of passwords attacks one account', {
      series: { ...accounts('2x60', '3x60'), ...logins(1, 0, 600) },
      at: '20m',
    }),
    silent('thousands log in on a Monday morning, and one in ten mistypes the password', {
      series: accounts('5x10 50 200 400x50', '50x10 500 2000 4000x50'),
      at: '20m',
    }),
    silent('three logins at night fail', { series: accounts('3x60', '0x60'), at: '20m' }),
  ],
  AuthLoginFailureSurge: [
    fires('nine of ten logins fail', { series: logins(10, 5, 85), at: '20m' }),
    silent('two of three logins fail, but there are only three a minute', {
      series: logins(1, 0, 2),
      at: '20m',
    }),
  ],
  AuthCredentialStuffing: [
    fires('most logins name unknown accounts', { series: logins(10, 80, 10), at: '20m' }),
    silent('as many logins fail because of a wrong password', { series: logins(10, 5, 85), at: '20m' }),
  ],
  AuthRefreshTokenReuse: [
    fires('one session a minute is ended because of reuse', { series: reuse('0+1x60'), at: '20m' }),
    silent('a session is ended because of reuse now and then', {
      series: reuse('0x10 1x10 2x40'),
      at: '30m',
    }),
  ],
  AuthSessionAnomalies: [
    fires('two clients use the token of one session a minute', { series: anomalies('0+1x60'), at: '20m' }),
    silent('a phone changes its network during a refresh now and then', {
      series: anomalies('0x10 1x10 2x40'),
      at: '30m',
    }),
  ],
  AuthStateCopiesForged: [
    fires('one copy is forged', { series: refusedCopies('bad_mac', '0x10 1x50'), at: '15m' }),
    fires('one copy is moved to another session', {
      series: refusedCopies('other_session', '0x10 1x50'),
      at: '15m',
    }),
    fires('copies are forged every forty minutes, so that it is one page', {
      series: refusedCopies('bad_mac', '0x10 1x40 2x50'),
      at: '45m',
    }),
    silent('the clocks of two replicas differ', { series: refusedCopies('bad_time', '0+1x60'), at: '15m' }),
  ],
};
