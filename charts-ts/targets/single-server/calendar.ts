const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** One field of a cron schedule in the notation of systemd.time(7): `*` + `/n` and ranges are written differently. */
function field(text: string, first: number): string {
  return text
    .split(',')
    .map((part) => part.replace(/^\*\//, `${first}/`).replace('-', '..'))
    .join(',');
}

/**
 * The schedule of a timer that runs when cron would, in UTC.
 * @returns undefined where systemd has no such schedule: names, and a day of the month together with a day of the week, of
 * which cron takes either and systemd both
 */
export function toCalendar(cron: string): string | undefined {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.split(/\s+/);
  const isNumeric = [minute, hour, day, month, weekday].every((text) => /^[\d*,/-]+$/.test(text));
  if (!isNumeric || (day !== '*' && weekday !== '*') || weekday.includes('/')) return undefined;
  const names = field(weekday, 0).replaceAll(/\d/g, (digit) => days[Number(digit)] ?? digit);
  const date = `*-${field(month, 1)}-${field(day, 1)} ${field(hour, 0)}:${field(minute, 0)}:00 UTC`;
  return weekday === '*' ? date : `${names} ${date}`;
}
