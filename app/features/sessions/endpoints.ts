import { z } from 'zod';
import { endpoint } from '../../http/route/endpoint.ts';
import { IdParams } from '../../http/route/fields.ts';
import { presentSession, Session } from './session-view.ts';
import type { Sessions } from './sessions.ts';
import { presentTokenSet, TokenSet } from './token-set.ts';

const RefreshBody = z.strictObject({ refresh_token: z.string().max(4096) });

/** Refresh and logout. */
function tokenEndpoints(sessions: Sessions) {
  return [
    endpoint(
      'POST /api/v1/auth/refresh',
      {
        summary: 'Exchange a refresh token for new tokens',
        access: 'open',
        objective: 'authentication',
        securityEvent: 'token_refresh',
        limit: { name: 'refresh', points: 300, window: 60_000 },
        body: RefreshBody,
        answers: { 200: { description: 'New tokens of the same session', data: TokenSet } },
        refuses: ['invalid_refresh_token'],
      },
      async ({ body, client, identify }) => ({
        data: presentTokenSet(await sessions.refresh(body.refresh_token, { client, identify })),
      }),
    ),
    endpoint(
      'POST /api/v1/auth/logout',
      {
        summary: 'End this session',
        access: 'user',
        securityEvent: 'logout',
        answers: { 204: { description: 'Ended' } },
      },
      async (call) => {
        await sessions.logOut(call);
        return {};
      },
    ),
    endpoint(
      'POST /api/v1/auth/logout-all',
      {
        summary: 'End all sessions of the user',
        access: 'user',
        securityEvent: 'logout',
        answers: { 204: { description: 'Ended' } },
      },
      async (call) => {
        await sessions.logOutEverywhere(call);
        return {};
      },
    ),
  ];
}

/** The sessions of the user who calls. */
function ownSessionEndpoints(sessions: Sessions) {
  return [
    endpoint(
      'GET /api/v1/users/me/sessions',
      {
        summary: 'Where I am logged in',
        access: 'user',
        answers: { 200: { description: 'Active sessions, newest first', data: Session.array() } },
      },
      async ({ caller }) => {
        const active = await sessions.list(caller.user.id);
        return { data: active.map((session) => presentSession(session, caller.sessionId)) };
      },
    ),
    endpoint(
      'DELETE /api/v1/users/me/sessions/:id',
      {
        summary: 'End one of my sessions',
        access: 'user',
        securityEvent: 'session_end',
        params: IdParams,
        target: ({ id }) => id,
        answers: { 204: { description: 'Ended' } },
        refuses: ['session_not_found'],
      },
      async (call) => {
        await sessions.end(call, call.params.id);
        return {};
      },
    ),
  ];
}

export function sessionEndpoints({ sessions }: { sessions: Sessions }) {
  return [...tokenEndpoints(sessions), ...ownSessionEndpoints(sessions)];
}
