const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];

/**
 * A cron schedule of five fields in the six fields of EventBridge, which counts the days of the week from 1 and wants a
 * question mark in one of the two fields of days. Undefined for a schedule that EventBridge cannot express.
 */
export function eventBridgeCron(schedule: string): string | undefined {
  const [minute, hour, dayOfMonth, month, dayOfWeek = '*'] = schedule.trim().split(/\s+/);
  if (dayOfWeek === '*') return `cron(${minute} ${hour} ${dayOfMonth} ${month} ? *)`;
  if (dayOfMonth !== '*' || !/^[0-7A-Za-z,-]+$/.test(dayOfWeek)) return undefined;
  const named = dayOfWeek.replace(/[0-7]/g, (digit) => days[Number(digit)] ?? digit);
  return `cron(${minute} ${hour} ? ${month} ${named.toUpperCase()} *)`;
}
