import type { Situation } from '../promtool.ts';

/** What an alert does in a situation, in words that end `fires when …` or `stays silent when …`. */
export interface Claim {
  readonly fires: boolean;
  readonly when: string;
  readonly situation: Situation;
}

/** By the name of the alert: at least one situation that fires it and a near one that must not. */
export type Claims = Readonly<Record<string, readonly Claim[]>>;

export const fires = (when: string, situation: Situation): Claim => ({ fires: true, when, situation });
export const silent = (when: string, situation: Situation): Claim => ({ fires: false, when, situation });

/** Labels of the service's own series, without braces. */
export const own = 'namespace="auth-system",job="auth-service",pod="a"';
