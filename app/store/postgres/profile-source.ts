import type { Config, Secret } from '../../config/config.ts';
import type { Logger } from '../../observe/log.ts';
import { isLostStatement, translate } from './errors.ts';
import { cautiousProfile, detectProfile, refusesParameters, type ServerProfile } from './server-profile.ts';
import { sessionTimeouts } from './session-timeouts.ts';

interface ProfileOptions {
  readonly url: Secret;
  readonly config: Config['database'];
  readonly log: Logger;
  readonly profile?: ServerProfile | undefined;
  /** True for a read replica. @default false */
  readonly acceptsStandby?: boolean;
  readonly embedded?: boolean;
}

export type ProfileSource = ReturnType<typeof createProfileSource>;

/** PGlite has one backend and no pooler. Its settings would apply to the next client too, so none are sent. */
const embeddedProfile: ServerProfile = { pooling: 'none', keepsStatements: true, settings: 'startup' };

/** The profile of the server behind one URL. The first call that reaches the server finds it out. */
export function createProfileSource(options: ProfileOptions) {
  const { url, config, log, embedded, acceptsStandby = false } = options;
  const target = { ...config, url, acceptsStandby };
  let profile = embedded ? embeddedProfile : options.profile;
  let isKnown = profile !== undefined;
  let detection: Promise<void> | undefined;

  async function detect(): Promise<void> {
    const { timeout } = config;
    try {
      const settings = sessionTimeouts(timeout);
      profile = await detectProfile({ target, settings, timeout, log });
      isKnown = true;
    } catch (error) {
      throw translate(error);
    } finally {
      detection = undefined;
    }
  }

  return {
    /** Resolves when the profile is known. @throws AppError service_unavailable when the server does not answer */
    async ready(): Promise<void> {
      if (isKnown) return;
      detection ??= detect();
      await detection;
    },
    /** With DB_PREPARE=on or off nobody asks whether prepared statements survive. @throws Error before `ready` */
    current(): ServerProfile {
      if (!profile) throw new Error('the profile of the server is not known yet');
      const { prepare } = config;
      return prepare === 'auto' ? profile : { ...profile, keepsStatements: prepare === 'on' };
    },
    /** After an error that shows another server than before: a pooler was put in front, or its mode has changed. */
    report(error: unknown): void {
      // The URL may come from a file, so it may name a pooler now. The next call finds out which.
      if (refusesParameters(error) && profile?.settings === 'startup' && !embedded) {
        profile = cautiousProfile;
        isKnown = false;
      }
      if (!isLostStatement(error) || config.prepare !== 'auto' || !profile?.keepsStatements) return;
      profile = { ...profile, keepsStatements: false };
      const message =
        'a pooler lost a prepared statement: the service does not use prepared statements any more';
      log.warn({ event: 'prepared_statements_lost', err: error }, message);
    },
  };
}
