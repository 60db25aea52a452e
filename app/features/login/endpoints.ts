import { presentTokenSet, presentUser } from '../../http/present.ts';
import { endpoint } from '../../http/route/endpoint.ts';
import {
  KnownDevice,
  LoginBody,
  LoginResult,
  RefreshBody,
  RegisterBody,
  ResetPasswordBody,
  TokenSet,
  User,
} from '../../http/schemas.ts';
import type { Accounts } from '../accounts/accounts.ts';
import { setDeviceCookie } from '../devices/device-cookie.ts';
import type { HashQueue } from '../passwords/hash-queue.ts';
import type { PasswordReset } from '../passwords/password-reset.ts';
import type { Register } from '../registration/register.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Login } from './login.ts';

const newPasswordRefusals = ['password_too_common', 'password_matches_identity', 'overloaded'] as const;

export function authEndpoints(services: {
  register: Register;
  login: Login;
  sessions: Sessions;
  accounts: Accounts;
  resetPassword: PasswordReset;
  room: HashQueue;
}) {
  const { register, login, sessions, accounts, resetPassword, room } = services;
  return [
    endpoint(
      'POST /api/v1/auth/register',
      {
        summary: 'Register a new user',
        access: 'open',
        room,
        limit: 'register',
        body: RegisterBody,
        answers: { 201: { description: 'The new user', data: User } },
        refuses: ['email_taken', 'username_taken', ...newPasswordRefusals],
      },
      async ({ body }) => ({ status: 201, data: presentUser(await register(body)) }),
    ),
    endpoint(
      'POST /api/v1/auth/login',
      {
        summary: 'Log in with email and password',
        access: 'open',
        room,
        limit: 'login',
        body: LoginBody,
        answers: { 200: { description: 'Tokens of a new session', data: LoginResult } },
        refuses: ['invalid_credentials', 'overloaded'],
      },
      async ({ body, client }) => {
        const { tokens, deviceToken } = await login(
          {
            email: body.email,
            password: body.password,
            deviceToken: body.device_token ?? client.deviceToken,
          },
          client,
        );
        return {
          data: { ...presentTokenSet(tokens), device_token: deviceToken },
          headers: setDeviceCookie(deviceToken),
        };
      },
    ),
    endpoint(
      'POST /api/v1/auth/refresh',
      {
        summary: 'Exchange a refresh token for new tokens',
        access: 'open',
        limit: 'refresh',
        body: RefreshBody,
        answers: { 200: { description: 'New tokens of the same session', data: TokenSet } },
        refuses: ['invalid_refresh_token'],
      },
      async ({ body }) => ({ data: presentTokenSet(await sessions.refresh(body.refresh_token)) }),
    ),
    endpoint(
      'POST /api/v1/auth/logout',
      { summary: 'End this session', access: 'user', answers: { 204: { description: 'Ended' } } },
      async ({ caller }) => {
        await sessions.logOut(caller.sessionId, caller.user.id);
        return {};
      },
    ),
    endpoint(
      'POST /api/v1/auth/logout-all',
      { summary: 'End all sessions of the user', access: 'user', answers: { 204: { description: 'Ended' } } },
      async ({ caller }) => {
        await accounts.logOutEverywhere(caller.user.id);
        return {};
      },
    ),
    endpoint(
      'GET /api/v1/auth/verify',
      {
        summary: 'Check an access token, for gateways',
        access: 'user',
        answers: {
          204: {
            description: 'The token is valid',
            headers: {
              'X-User-Id': 'Id of the user',
              'X-User-Roles': 'Roles, separated by commas',
              'X-Session-Id': 'Id of the session',
            },
          },
        },
      },
      ({ caller }) => ({
        headers: {
          'X-User-Id': caller.user.id,
          'X-User-Roles': caller.user.roles.join(','),
          'X-Session-Id': caller.sessionId,
        },
      }),
    ),
    endpoint(
      'POST /api/v1/auth/password/reset',
      {
        summary: 'Set a new password with a one-time token',
        access: 'open',
        room,
        limit: 'password_reset',
        body: ResetPasswordBody,
        answers: { 200: { description: 'Set; all sessions have ended', data: KnownDevice } },
        refuses: ['invalid_reset_token', ...newPasswordRefusals],
      },
      async ({ body }) => {
        const deviceToken = await resetPassword(body.token, body.password);
        return { data: { device_token: deviceToken }, headers: setDeviceCookie(deviceToken) };
      },
    ),
  ];
}
