import { expect } from 'chai';
import { parseConfig } from '../../../app/config/config.ts';
import { createAccounts } from '../../../app/features/accounts/accounts.ts';
import {
  createAdministration,
  runAsAdministrator,
} from '../../../app/features/administration/administration.ts';
import { actorOf } from '../../../app/features/audit/audit-log.ts';
import type { DeviceTokens } from '../../../app/features/devices/device-tokens.ts';
import { createChangePassword } from '../../../app/features/passwords/password-change.ts';
import type { PasswordHasher } from '../../../app/features/passwords/password-hasher.ts';
import type { SessionStates } from '../../../app/features/sessions/session-states.ts';
import { createSessions } from '../../../app/features/sessions/sessions.ts';
import type { LoginThrottle } from '../../../app/features/throttling/login-throttle.ts';
import type { AccessTokens } from '../../../app/features/tokens/access-token.ts';
import { createStore } from '../../../app/store/store.ts';
import { addSession, addUser, callerOf, codeOf, newUser } from '../../support/rows.ts';
import { onOneStore } from '../../support/stores.ts';
import { newUserFields } from '../../support/users.ts';

const client = { ip: '192.0.2.1', network: '192.0.2.1', userAgent: null, requestId: '' };
const lifetimes = { ...parseConfig({}).sessions, accessTokenTtl: 1, refreshTokenTtl: 1, maxAge: 1 };

onOneStore('A change that is refused in its transaction', (stores) => {
  /** The use cases of a caller who is an administrator. `effects` lists what they do beside the database. */
  async function createUseCases() {
    const effects: string[] = [];
    const noting = (effect: string) => async () => void effects.push(effect);
    const store = createStore(stores().database);
    // reason: the use cases reach for nothing else.
    const states = {
      sessionsEnded: noting('sessions'),
      userChanged: noting('user'),
    } as unknown as SessionStates;
    const throttle = { unlock: noting('unlock') } as unknown as LoginThrottle;
    const hasher = { hash: async () => 'hash' } as unknown as PasswordHasher;
    const devices = { issue: () => String(effects.push('device token')) } as unknown as DeviceTokens;
    const tokens = { sign: noting('access token') } as unknown as AccessTokens;

    const user = await addUser(store);
    await store.roles.grant(user.id, 'admin');
    const { id: sessionId } = await addSession(store, user.id);
    const caller = await callerOf(store, sessionId, 'admin');
    const account = await store.users.findById(user.id);
    if (!account) throw new Error('there is no account');
    const confirmPassword = async () => account;
    const target = await addUser(store);
    const { id: other } = await addSession(store, user.id);

    const call = { caller, client };
    const actor = actorOf(call);
    const administration = createAdministration({ store, states, throttle, run: runAsAdministrator(store) });
    const accounts = createAccounts({ store, states, confirmPassword });
    const sessions = createSessions({
      ...{ store, states, tokens, lifetimes },
      redis: stores().redis,
      onRefresh: () => undefined,
    });
    const changePassword = createChangePassword({
      ...{ store, states, hasher, confirmPassword, devices },
      checkPassword: async () => undefined,
    });
    const useCases: Record<string, () => Promise<unknown>> = {
      deleteUser: () => administration.deleteUser(actor, target.id),
      disableUser: () => administration.disableUser(actor, target.id),
      enableUser: () => administration.enableUser(actor, target.id),
      endSessions: () => administration.endSessions(actor, target.id),
      updateUser: () => administration.updateUser(actor, target.id, { username: newUser().username }),
      setRoles: () => administration.setRoles(actor, target.id, []),
      unlockUser: () => administration.unlockUser(actor, target.id),
      issueResetToken: () => administration.issueResetToken(actor, target.id),
      update: () => accounts.update(caller, { username: newUser().username }, client),
      remove: () => accounts.remove(caller, '', client),
      logOut: () => sessions.logOut(call),
      logOutEverywhere: () => sessions.logOutEverywhere(call),
      end: () => sessions.end(call, other),
      changePassword: () => changePassword(caller, { current: '', next: newUserFields().password }, client),
    };
    return { store, user, effects, useCases };
  }

  it('announces nothing, unlocks nothing and issues no token', async () => {
    const { store, user, effects, useCases } = await createUseCases();
    await store.users.setDisabled(user.id, true);
    for (const [name, use] of Object.entries(useCases)) {
      expect([name, await use().catch(codeOf), ...effects]).to.deep.equal([name, 'unauthorized']);
    }
  });

  it('would have done so otherwise', async () => {
    for (const name of Object.keys((await createUseCases()).useCases)) {
      const { effects, useCases } = await createUseCases();
      await useCases[name]?.();
      // A reset token is only written to the database.
      if (name !== 'issueResetToken') expect([name, ...effects]).to.have.length.greaterThan(1);
    }
  });
});
