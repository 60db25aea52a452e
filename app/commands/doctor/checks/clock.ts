import { type Finding, failed, passed, warning } from '../../checks/check.ts';

/** The time at which a server answered, if both ways took equally long. */
export const midpoint = (before: number, after: number): number => (before + after) / 2;

/** @param difference milliseconds by which the clock of the server is ahead */
export function clockFinding(server: string, difference: number): Finding {
  const seconds = Math.abs(difference) / 1000;
  const text = `The clock of ${server} is ${seconds.toFixed(1)} s ${difference < 0 ? 'behind' : 'ahead of'} the clock of this machine`;
  const fix = 'Synchronize both with NTP (chrony, systemd-timesyncd)';
  if (seconds > 60) return failed(text, fix);
  return seconds > 5 ? warning(text, fix) : passed(text);
}
