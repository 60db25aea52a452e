import type { ActiveSession } from '../../store/tables/sessions.ts';
import type { Client } from '../client.ts';
import type { Endpoint } from './endpoint.ts';

/** A request of a caller whose session is active. */
export interface Attempt {
  readonly endpoint: Pick<Endpoint, 'method' | 'path'>;
  /** The parameters of the path; undefined if there are none or they are invalid. */
  readonly params: unknown;
  readonly caller: ActiveSession;
  readonly client: Client;
}

/** Step-up authentication (RFC 9470): what an access token alone does not allow. */
export interface StepUp {
  /**
   * @param authTime when the user of the token last proved the password, in seconds since the epoch; null if unknown
   * @throws AppError insufficient_user_authentication
   */
  check(authTime: number | null): void;

  /**
   * Writes a row to the audit log if the attempt failed because its caller did not prove to be the user.
   * @throws AppError rate_limited instead of a row after too many of them, or service_unavailable
   */
  record(error: unknown, attempt: Attempt): Promise<void>;
}
