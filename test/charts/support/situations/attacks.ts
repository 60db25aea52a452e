import { type Claims, fires, own, silent } from './claim.ts';

function logins(success: number, unknownEmail: number, wrongPassword: number) {
  return {
    [`auth_logins_total{${own},outcome="success",reason="none"}`]: `0+${success}x60`,
    [`auth_logins_total{${own},outcome="failure",reason="unknown_email"}`]: `0+${unknownEmail}x60`,
    [`auth_logins_total{${own},outcome="failure",reason="wrong_password"}`]: `0+${wrongPassword}x60`,
  };
}
const reuse = (values: string) => ({
  [`auth_refreshes_total{${own},outcome="failure",cause="reuse_old"}`]: values,
});

export const attacks: Claims = {
  AuthLoginFailureSurge: [
    fires('nine of ten logins fail', { series: logins(10, 5, 85), at: '20m' }),
    silent('two of three fail, but only three a minute are tried', { series: logins(1, 0, 2), at: '20m' }),
  ],
  AuthCredentialStuffing: [
    fires('most logins name accounts that do not exist', { series: logins(10, 80, 10), at: '20m' }),
    silent('as many fail, but for a wrong password', { series: logins(10, 5, 85), at: '20m' }),
  ],
  AuthRefreshTokenReuse: [
    fires('a session a minute ends for reuse', { series: reuse('0+1x60'), at: '20m' }),
    silent('one does now and then', { series: reuse('0x10 1x10 2x40'), at: '30m' }),
  ],
};
