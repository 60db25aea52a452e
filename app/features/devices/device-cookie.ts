import { deviceTokenLife } from './device-tokens.ts';

/** `__Host-`: only we can set it, over TLS, for this host and every path (RFC 6265bis). */
export const deviceCookie = '__Host-device';

const attributes = `Path=/; Max-Age=${deviceTokenLife}; Secure; HttpOnly; SameSite=Strict`;

/** Hands the token to browsers; other clients find it in the body too. */
export const setDeviceCookie = (token: string): Record<string, string> => ({
  'Set-Cookie': `${deviceCookie}=${token}; ${attributes}`,
});
