/**
 * The text as Unicode compares it without regard to case. Two lower case forms of sigma are one letter: the form at the end
 * of a word would make the beginning of a name differ from the beginning of a longer one.
 */
export const lowerCase = (text: string): string => text.toLowerCase().replaceAll('ς', 'σ');

/**
 * Letters of Armenian, Thai and Lao that keyboards type with one key, and that may be written with two others. RFC 8264 leaves
 * them out for that reason, but names need them. So a name has the one that was sent, and is compared with the two others.
 */
const composedLetter = /[\u0587\u0e33\u0eb3\u0edc\u0edd]/g;

/**
 * The form in which usernames are compared and searched, and which belongs to one account: RFC 8265, UsernameCaseMapped, of a
 * name whose width is mapped already. For ASCII, Postgres computes the same by `lower(username collate "C")`.
 */
export const usernameKey = (username: string): string =>
  lowerCase(username)
    .replace(composedLetter, (letter) => letter.normalize('NFKC'))
    .normalize('NFC');
