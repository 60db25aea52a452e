export type StrengthEstimator = Awaited<ReturnType<typeof createStrengthEstimator>>;

/**
 * Guesses, from zxcvbn's score 2 on: it resists guessing against the limits of a login. Score 3 would refuse eight
 * random characters, which ASVS 6.2.1 allows.
 */
const minGuesses = 1e6;

/**
 * Characters that are estimated at once. The time of an estimate grows with the square of the length and it runs on the
 * event loop, so of a longer password only the first and the last characters are estimated.
 */
const span = 24;

/** Substitutions that are tried for 4 → a and the like. More would multiply the time for a text of nothing but signs. */
const l33tMaxSubstitutions = 4;

/** Patterns that need no dictionary. A password of nothing else is a walk over the keyboard, however long. */
const mechanicalPatterns = new Set(['spatial', 'sequence', 'repeat']);

const signs = ['!', '@', '#', '.', '-', '_', '*', '?', '$', ' ', '&', '%', '+'];

/**
 * What people append to a word. zxcvbn takes the rank in a dictionary for the number of guesses, so the usual ones come
 * first, and each kind is a dictionary.
 */
function commonEndings() {
  const numbers = ['123', '1', '12', '1234', '12345', '123456', '01', '111', '321', '007'];
  const nextYear = new Date().getFullYear() + 1;
  const years = Array.from({ length: 80 }, (_, age) => String(nextYear - age));
  const withSign = (number: string) => [number, ...signs.flatMap((sign) => [sign + number, number + sign])];
  const betweenSigns = (number: string) =>
    signs.slice(0, 6).flatMap((before) => signs.slice(0, 3).map((after) => before + number + after));
  return {
    numbers: numbers.flatMap(withSign),
    years: years.flatMap(withSign),
    betweenSigns: [...numbers, ...years].flatMap(betweenSigns),
  };
}

/** Months and days of the week in widespread languages. */
function calendarWords(): string[] {
  const languages = ['en', 'es', 'fr', 'de', 'pt', 'it', 'id', 'tr', 'nl', 'pl'];
  const months = Array.from({ length: 12 }, (_, n) => Date.UTC(2024, n));
  const days = Array.from({ length: 7 }, (_, n) => Date.UTC(2024, 0, 1 + n));
  return languages.flatMap((language) => {
    const month = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' });
    const day = new Intl.DateTimeFormat(language, { weekday: 'long', timeZone: 'UTC' });
    return [...months.map(month.format), ...days.map(day.format)].map((word) => word.toLowerCase());
  });
}

/** The part that is repeated up to the end, such as `abc` of `abcabcab`, or the whole text. */
function repeatedPart(text: string): string {
  for (let length = 1; length <= text.length / 2; length += 1) {
    if (text.startsWith(text.slice(length))) return text.slice(0, length);
  }
  return text;
}

/**
 * Estimates with zxcvbn how many guesses a password resists. Loads its dictionaries, which costs tens of milliseconds
 * and some megabytes: only where a password may be set, and once for a process.
 */
export async function createStrengthEstimator() {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  const zxcvbn = new ZxcvbnFactory({
    dictionary: {
      passwords: dictionary['passwords-common'],
      calendar: calendarWords(),
      ...commonEndings(),
    },
    graphs: adjacencyGraphs,
    l33tMaxSubstitutions,
  });

  return {
    /**
     * Takes a few milliseconds at most, whatever the password.
     * @param password folded
     * @param words folded; an attacker tries them first
     * @returns null if the password is strong enough, otherwise those of the words that make it weak
     */
    findWeakness(password: string, words: readonly string[]): readonly string[] | null {
      const text = repeatedPart(password);
      const found: string[] = [];
      for (const part of new Set([text.slice(0, span), text.slice(-span)])) {
        const { guesses, sequence } = zxcvbn.check(part, [...words]);
        const isMechanical = sequence.every(({ pattern }) => mechanicalPatterns.has(pattern));
        if (guesses >= minGuesses && !isMechanical) return null;
        const matches = sequence.filter((match) => match.dictionaryName === 'userInputs');
        found.push(...matches.map((match) => String(match.matchedWord)));
      }
      return found;
    },
  };
}
