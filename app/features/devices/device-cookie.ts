import { z } from 'zod';
import { deviceTokenLifetime } from './device-tokens.ts';

/** `__Host-`: only this host can set the cookie, over TLS and for every path (RFC 6265bis). */
export const deviceCookie = '__Host-device';

const attributes = `Path=/; Max-Age=${deviceTokenLifetime}; Secure; HttpOnly; SameSite=Strict`;

export const DeviceTokenResult = z
  .object({
    device_token: z
      .string()
      .meta({ description: 'To be sent with later logins; browsers get it as a cookie' }),
  })
  .meta({ id: 'KnownDevice' });

/** The headers that give a device token to a browser. Other clients read it from the body. */
export const setDeviceCookie = (token: string): Record<string, string> => ({
  'Set-Cookie': `${deviceCookie}=${token}; ${attributes}`,
});
