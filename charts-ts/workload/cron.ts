const day = 86_400;

const fields = [
  { title: 'a minute', first: 0, last: 59, names: [] },
  { title: 'an hour', first: 0, last: 23, names: [] },
  { title: 'a day of the month', first: 1, last: 31, names: [] },
  {
    title: 'a month',
    first: 1,
    last: 12,
    names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' '),
  },
  { title: 'a day of the week', first: 0, last: 6, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') },
] as const;

/** The schedules with a name that Kubernetes knows, beside `@every 6h`. */
const named: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const secondsPer: Readonly<Record<string, number>> = { h: 3_600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 };

/** Seconds of the duration of `@every 1h30m`, in the notation of Go. Undefined for another schedule. */
function everySeconds(schedule: string): number | undefined {
  const amount = /(\d+(?:\.\d+)?)(h|ms|m|us|s|ns)/g;
  const [, text = ''] = /^@every (\S+)$/.exec(schedule) ?? [];
  if (text === '' || text.replaceAll(amount, '') !== '') return undefined;
  return [...text.matchAll(amount)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (secondsPer[unit] ?? 0),
    0,
  );
}

/** The numbers of one field, such as 1-5, a list of them, or every second one. Empty for a text that cron does not know. */
function numbersOf(text: string, { first, last, names }: (typeof fields)[number]): Set<number> {
  const numbers = new Set<number>();
  const known = new Map<string, number>(names.map((name, index) => [name, first + index]));
  for (const part of text.toUpperCase().split(',').filter(Boolean)) {
    const [, begin = '', end, step = '1'] = /^([*?]|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
    const number = (word: string): number =>
      known.get(word) ?? (/^\d+$/.test(word) ? Number(word) : Number.NaN);
    const isAny = begin === '*' || begin === '?';
    const from = isAny ? first : number(begin);
    const open = isAny || part.includes('/') ? last : from;
    const to = end === undefined ? open : number(end);
    // Kubernetes would ignore the end of *-5.
    if (isAny && end !== undefined) return new Set();
    if (!(from >= first && to <= last && from <= to && Number(step) > 0)) return new Set();
    for (let each = from; each <= to; each += Number(step)) numbers.add(each);
  }
  return numbers;
}

const textsOf = (schedule: string): string[] => (named[schedule] ?? schedule).trim().split(/\s+/);

/**
 * What the API server of Kubernetes would refuse of the schedule of a CronJob, which it parses with the package cron of robfig.
 * @returns undefined for a schedule that runs
 */
export function scheduleFault(schedule: string): string | undefined {
  if (schedule.includes('TZ')) return 'must not name a time zone: set timeZone beside it';
  const names = Object.keys(named).join(', ');
  const every = everySeconds(schedule);
  if (every !== undefined)
    return every >= 1 ? undefined : 'must be @every and a duration of at least 1 s, such as @every 6h';
  if (schedule.startsWith('@') && !(schedule in named))
    return `must be five fields, @every 6h or one of ${names}`;
  const texts = textsOf(schedule);
  if (texts.length !== fields.length) return `must be five fields such as 17 3 * * *, or one of ${names}`;
  const wrong = fields.find((field, index) => numbersOf(texts[index] ?? '', field).size === 0);
  if (!wrong) return undefined;
  const { first, last, names: words, title } = wrong;
  const also = words.length > 0 ? ` or ${words[0]} to ${words.at(-1)}` : '';
  const sunday = title === 'a day of the week' ? ', where 0 is Sunday' : '';
  return `must have ${title} from ${first} to ${last}${also}${sunday}`;
}

/** Whether cron runs on a day. If both fields of days are restricted, cron runs on the days of either. */
function runsOn(
  date: Date,
  [, , days, months, weekdays]: readonly Set<number>[],
  texts: readonly string[],
): boolean {
  const inMonth = days?.has(date.getUTCDate()) ?? false;
  const inWeek = weekdays?.has(date.getUTCDay()) ?? false;
  // A field with a step above 1 restricts, also if it begins with a star.
  const isAny = (text = ''): boolean => text.split(',').some((part) => /^[*?](\/1)?$/.test(part));
  const isEither = !isAny(texts[2]) && !isAny(texts[4]);
  return (months?.has(date.getUTCMonth() + 1) ?? false) && (isEither ? inMonth || inWeek : inMonth && inWeek);
}

/**
 * Seconds of the longest time between two runs of a schedule of Kubernetes in UTC.
 * @returns undefined for a schedule that Kubernetes refuses, or that runs less than twice in eight years
 */
export function longestInterval(schedule: string): number | undefined {
  if (scheduleFault(schedule) !== undefined) return undefined;
  const every = everySeconds(schedule);
  if (every !== undefined) return every;
  const texts = textsOf(schedule);
  const numbers = fields.map((field, index) => numbersOf(texts[index] ?? '', field));
  const [minutes = new Set<number>(), hours = new Set<number>()] = numbers;
  const ofDay = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 3_600 + minute * 60));
  const first = Math.min(...ofDay);
  const last = Math.max(...ofDay);
  const sorted = ofDay.sort((one, other) => one - other);
  const within = sorted.map((at, index) => at - (sorted[index - 1] ?? at));
  let longest = Math.max(0, ...within);
  if (texts.slice(2).every((text) => text === '*')) return Math.max(longest, day + first - last);
  let before: number | undefined;
  // A leap day comes once in eight years around the year 2100.
  for (let index = 0; index < 8 * 366; index += 1) {
    if (!runsOn(new Date(Date.UTC(2096, 0, 1 + index)), numbers, texts)) continue;
    if (before !== undefined) longest = Math.max(longest, index * day + first - before);
    before = index * day + last;
  }
  return longest > 0 ? longest : undefined;
}
