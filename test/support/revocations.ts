import { expect } from 'chai';
import type { TestApp } from './app.ts';
import type { Actor, Change, Fixture } from './changing-routes.ts';
import { newUserFields } from './users.ts';

/** What ends the permission of an actor, and the answer to a change of the actor afterwards. */
export interface Revocation {
  readonly title: string;
  /** Only routes that demand a role notice its loss. */
  readonly concerns: (change: Change) => boolean;
  readonly refusal: readonly [status: number, code: string];
  /** Prepares the revocation. @returns a function that requests it and resolves with its answer */
  prepare(
    app: TestApp,
    fixture: Fixture,
    boss: Actor,
    actor: Actor,
  ): Promise<() => Promise<{ status: number }>>;
}

const always = () => true;
const unauthorized = [401, 'unauthorized'] as const;

const byBoss =
  (method: string, path: string, body?: object): Revocation['prepare'] =>
  async (app, _fixture, boss, actor) =>
  () =>
    app.ask(`${method} /api/v1/admin/users/${actor.id}${path}`, {
      token: boss.access,
      ...(body && { body }),
    });

export const revocations: readonly Revocation[] = [
  {
    title: 'demotion',
    concerns: ({ role }) => role === 'admin',
    refusal: [403, 'forbidden'],
    prepare: byBoss('PUT', '/roles', { roles: ['user'] }),
  },
  { title: 'disabling', concerns: always, refusal: unauthorized, prepare: byBoss('POST', '/disable') },
  { title: 'deletion', concerns: always, refusal: unauthorized, prepare: byBoss('DELETE', '') },
  {
    title: 'logout',
    concerns: always,
    refusal: unauthorized,
    prepare:
      async (app, _fixture, _boss, { access }) =>
      () =>
        app.ask('POST /api/v1/auth/logout', { token: access }),
  },
  {
    title: 'password change',
    concerns: always,
    refusal: unauthorized,
    async prepare(app, fixture, _boss, actor) {
      const other = await fixture.addSessionOf(actor);
      const body = { current_password: actor.password, new_password: newUserFields().password };
      return () => app.ask('POST /api/v1/users/me/password', { token: other.access, body });
    },
  },
];

/** Each kind of request with each revocation that concerns it. */
export const combine = (changes: readonly Change[]): readonly (readonly [Change, Revocation])[] =>
  changes.flatMap((change) =>
    revocations.filter(({ concerns }) => concerns(change)).map((revocation) => [change, revocation] as const),
  );

/** @throws AssertionError unless the revocation was answered with success */
export async function expectDone(revoke: () => Promise<{ status: number }>): Promise<void> {
  expect((await revoke()).status).to.be.oneOf([200, 204]);
}
