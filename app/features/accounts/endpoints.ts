import { z } from 'zod';
import { endpoint, type WorkQueue } from '../../http/route/endpoint.ts';
import { confirmationErrors, confirmationLimit, Password } from '../passwords/fields.ts';
import { IdentityChange, presentUser, User } from '../users/user.ts';
import type { Accounts } from './accounts.ts';
import { Export, renderExport } from './export-view.ts';
import type { PersonalData } from './personal-data.ts';

const DeleteMeBody = z.strictObject({ password: Password });
const UpdateMeBody = IdentityChange.safeExtend({
  password: Password.optional().meta({ description: 'The current password; needed to change the email' }),
});

interface Services {
  readonly accounts: Accounts;
  readonly personalData: PersonalData;
  readonly hashQueue: WorkQueue;
}

/** The deletion of the own account, under one of its routes. */
function deletion(
  { accounts, hashQueue }: Services,
  route: 'DELETE /api/v1/users/me' | 'POST /api/v1/users/me/delete',
  summary: string,
) {
  return endpoint(
    route,
    {
      summary,
      access: 'user',
      securityEvent: 'account_deletion',
      queue: hashQueue,
      limit: confirmationLimit,
      body: DeleteMeBody,
      answers: { 204: { description: 'Deleted; email and username are free again' } },
      refuses: ['last_admin', ...confirmationErrors],
    },
    async ({ caller, body, client }) => {
      await accounts.remove(caller, body.password, client);
      return {};
    },
  );
}

/** Endpoints of users for their own account. */
export function accountEndpoints(services: Services) {
  const { accounts, personalData, hashQueue } = services;
  return [
    endpoint(
      'GET /api/v1/users/me',
      { summary: 'Who I am', access: 'user', answers: { 200: { description: 'The user', data: User } } },
      ({ caller }) => ({ data: presentUser(caller.user) }),
    ),
    endpoint(
      'PATCH /api/v1/users/me',
      {
        summary: 'Change my username or, with the password, my email',
        access: 'user',
        securityEvent: 'identity_change',
        limit: confirmationLimit,
        body: UpdateMeBody,
        answers: { 200: { description: 'The user as it is now', data: User } },
        refuses: ['email_taken', 'username_taken', 'username_reserved', ...confirmationErrors],
      },
      async ({ caller, body, client }) => {
        const update = () => accounts.update(caller, body, client);
        // A new username needs no hash, so only the body tells whether the request needs a slot of the hash queue.
        return {
          data: presentUser(await (body.email === undefined ? update() : hashQueue.run('known', update))),
        };
      },
    ),
    deletion(services, 'DELETE /api/v1/users/me', 'Delete my account'),
    // Load balancers of Google refuse a DELETE with a body.
    deletion(
      services,
      'POST /api/v1/users/me/delete',
      'Delete my account, for clients that cannot send a DELETE with a body',
    ),
    endpoint(
      'GET /api/v1/users/me/export',
      {
        summary: 'Everything stored about me',
        access: 'user',
        securityEvent: 'data_export',
        answers: { 200: { description: 'One document', data: Export } },
      },
      async ({ caller }) => {
        const body = await personalData.export(caller.user.id, (data) => renderExport(data, caller));
        const headers = { 'Content-Disposition': 'attachment; filename="export.json"' };
        return { headers, raw: { type: 'application/json', body } };
      },
    ),
  ];
}
