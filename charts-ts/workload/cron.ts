const day = 86_400;

const fields = [
  { first: 0, last: 59, names: [] },
  { first: 0, last: 23, names: [] },
  { first: 1, last: 31, names: [] },
  { first: 1, last: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') },
  { first: 0, last: 7, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') },
] as const;

/** The numbers of one field, such as 1-5, a list of them, or every second one. Empty for a text that cron does not know. */
function numbersOf(text: string, { first, last, names }: (typeof fields)[number]): Set<number> {
  const numbers = new Set<number>();
  const known = new Map<string, number>(names.map((name, index) => [name, first + index]));
  for (const part of text.toUpperCase().split(',')) {
    const [, begin = '', end, step = '1'] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
    const number = (word: string): number =>
      known.get(word) ?? (/^\d+$/.test(word) ? Number(word) : Number.NaN);
    const from = begin === '*' ? first : number(begin);
    const open = begin === '*' || part.includes('/') ? last : from;
    const to = end === undefined ? open : number(end);
    if (!(from >= first && to <= last && from <= to && Number(step) > 0)) return new Set();
    for (let each = from; each <= to; each += Number(step)) numbers.add(each);
  }
  return numbers;
}

/** Whether cron runs on a day. If both fields of days are restricted, cron runs on the days of either. */
function runsOn(
  date: Date,
  [, , days, months, weekdays]: readonly Set<number>[],
  texts: readonly string[],
): boolean {
  const inMonth = days?.has(date.getUTCDate()) ?? false;
  const weekday = date.getUTCDay();
  const inWeek = (weekdays?.has(weekday) || (weekday === 0 && weekdays?.has(7))) ?? false;
  const isEither = !texts[2]?.startsWith('*') && !texts[4]?.startsWith('*');
  return (months?.has(date.getUTCMonth() + 1) ?? false) && (isEither ? inMonth || inWeek : inMonth && inWeek);
}

/**
 * Seconds of the longest time between two runs of a cron schedule in UTC.
 * @returns undefined for a schedule that cron does not know, or that runs less than twice in eight years
 */
export function longestInterval(schedule: string): number | undefined {
  const texts = schedule.trim().split(/\s+/);
  const numbers = fields.map((field, index) => numbersOf(texts[index] ?? '', field));
  const [minutes = new Set<number>(), hours = new Set<number>()] = numbers;
  const ofDay = [...hours].flatMap((hour) => [...minutes].map((minute) => hour * 3_600 + minute * 60));
  const first = Math.min(...ofDay);
  const last = Math.max(...ofDay);
  const sorted = ofDay.sort((one, other) => one - other);
  const within = sorted.map((at, index) => at - (sorted[index - 1] ?? at));
  let longest = Math.max(0, ...within);
  let before: number | undefined;
  // A leap day comes once in eight years around the year 2100.
  for (let index = 0; index < 8 * 366; index += 1) {
    if (!runsOn(new Date(Date.UTC(2096, 0, 1 + index)), numbers, texts)) continue;
    if (before !== undefined) longest = Math.max(longest, index * day + first - before);
    before = index * day + last;
  }
  return Number.isFinite(first) && longest > 0 ? longest : undefined;
}
