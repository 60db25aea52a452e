import type { HttpClient } from '../http/client.ts';
import { deleteAccount } from './delete-account.ts';
import type { StateFolder } from './state-folder.ts';

export interface CleanUp {
  readonly deleted: readonly string[];
  /** Accounts that a killed run had not created yet. */
  readonly absent: readonly string[];
  readonly left: readonly { readonly email: string; readonly reason: string }[];
}

/** Deletes the accounts of this deployment that killed runs have left. */
export async function cleanUp(
  http: Pick<HttpClient, 'send'>,
  stateFolder: StateFolder,
  url: string,
): Promise<CleanUp> {
  const deleted: string[] = [];
  const absent: string[] = [];
  const left: { email: string; reason: string }[] = [];
  for (const [name, leftover] of await stateFolder.list(url)) {
    const ended = await deleteAccount(http, leftover);
    if (ended.result === 'left') {
      left.push({ email: leftover.email, reason: ended.reason });
      continue;
    }
    await stateFolder.remove(name);
    (ended.result === 'deleted' ? deleted : absent).push(leftover.email);
  }
  return { deleted, absent, left };
}
