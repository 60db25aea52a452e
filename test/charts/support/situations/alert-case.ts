import type { Situation } from '../promtool.ts';

/** Whether an alert fires in a situation. `when` completes `fires when …` or `stays silent when …`. */
export interface AlertCase {
  readonly fires: boolean;
  readonly when: string;
  readonly situation: Situation;
}

/** By alert: at least one situation in which it fires, and a similar one in which it stays silent. */
export type AlertCases = Readonly<Record<string, readonly AlertCase[]>>;

export const fires = (when: string, situation: Situation): AlertCase => ({ fires: true, when, situation });
export const silent = (when: string, situation: Situation): AlertCase => ({ fires: false, when, situation });

/** Labels of the series of one pod, without braces. */
export const podLabels = 'namespace="auth-system",job="auth-service",pod="a"';
