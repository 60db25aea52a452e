import { z } from 'zod';
import { endpoint, type WorkQueue } from '../../http/route/endpoint.ts';
import { DeviceTokenResult, setDeviceCookie } from '../devices/device-cookie.ts';
import { confirmationErrors, confirmationLimit, NewPassword, newPasswordErrors, Password } from './fields.ts';
import type { ChangePassword } from './password-change.ts';
import type { ResetPassword } from './password-reset.ts';

const ChangePasswordBody = z.strictObject({ current_password: Password, new_password: NewPassword });
const ResetPasswordBody = z.strictObject({ token: z.string().max(512), password: NewPassword });

const deviceTokenAnswer = (token: string) => ({
  data: { device_token: token },
  headers: setDeviceCookie(token),
});

export function passwordEndpoints(services: {
  changePassword: ChangePassword;
  resetPassword: ResetPassword;
  hashQueue: WorkQueue;
}) {
  const { changePassword, resetPassword, hashQueue } = services;
  return [
    endpoint(
      'POST /api/v1/auth/password/reset',
      {
        summary: 'Set a new password with a one-time token',
        access: 'open',
        objective: 'authentication',
        securityEvent: 'password_reset',
        queue: hashQueue,
        limit: { name: 'password_reset', points: 30, window: 600_000 },
        body: ResetPasswordBody,
        answers: { 200: { description: 'Set; all sessions have ended', data: DeviceTokenResult } },
        refuses: ['invalid_reset_token', ...newPasswordErrors],
      },
      async (call) => deviceTokenAnswer(await resetPassword(call.body, call, call.priority)),
    ),
    endpoint(
      'POST /api/v1/users/me/password',
      {
        summary: 'Change my password; all my other sessions end',
        access: 'user',
        securityEvent: 'password_change',
        queue: hashQueue,
        limit: confirmationLimit,
        body: ChangePasswordBody,
        answers: { 200: { description: 'Changed', data: DeviceTokenResult } },
        refuses: [...newPasswordErrors, ...confirmationErrors],
      },
      async ({ caller, body, client }) => {
        const passwords = { current: body.current_password, next: body.new_password };
        return deviceTokenAnswer(await changePassword(caller, passwords, client));
      },
    ),
  ];
}
