import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { endpoint } from '../../http/route/endpoint.ts';
import { RoleName } from '../roles/role-view.ts';

/** As many as a user may have. */
const VerifyQuery = z.strictObject({
  role: z.array(RoleName).max(50).optional().meta({
    description: 'A role that the user must have; of several, one suffices',
  }),
});

const callerHeaders = {
  'X-User-Id': 'Id of the user',
  'X-User-Roles': 'Roles, separated by commas',
  'X-Session-Id': 'Id of the session',
};

export function tokenEndpoints() {
  return [
    endpoint(
      'GET /api/v1/auth/verify',
      {
        summary: 'Check an access token, and a role if one is given, for gateways',
        access: 'user',
        audience: 'gateway',
        objective: 'token_check',
        query: VerifyQuery,
        answers: {
          200: { description: 'As 204, for a path below', headers: callerHeaders },
          204: {
            description: 'The token is valid, and the user has one of the roles',
            headers: callerHeaders,
          },
        },
        refuses: ['forbidden'],
      },
      // The roles are those of the session state, as everywhere, and never the claim of the token.
      ({ caller, query: { role: accepted } }) => {
        const { id, roles } = caller.user;
        if (accepted && !accepted.some((role) => roles.includes(role))) throw new AppError('forbidden');
        const { sessionId } = caller;
        return {
          headers: { 'X-User-Id': id, 'X-User-Roles': roles.join(','), 'X-Session-Id': sessionId },
        };
      },
    ),
  ];
}
