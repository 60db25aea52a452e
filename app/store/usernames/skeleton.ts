import { characterTable } from './character-table.ts';
import { lowerCase } from './username-key.ts';

/**
 * The version of what `skeletonOf` returns. Increase it with each change of the function or of characters.txt. The purge then
 * computes the stored skeletons again (app/jobs/renew-skeletons.ts).
 */
export const skeletonVersion = 1;

/** The skeleton of UTS 39 section 4. No username contains characters that it ignores. */
function prototypeOf(text: string): string {
  const { prototypes } = characterTable();
  const letters = [...text.normalize('NFD')].map((letter) => prototypes.get(letter) ?? letter);
  return letters.join('').normalize('NFD');
}

/** A dot above a letter that has a dot anyway is hard to see (UTS 39 section 5.4). The lower case of İ has one. */
const unseenDot = /(?<=[ijl]\p{M}*)\u0307/gu;

/**
 * A text that two usernames have in common if a reader could take one for the other. It is computed from the name as it is
 * shown, and then once more without regard to case, because a reader does not expect two accounts that differ in case only.
 * So i and l are one letter: I is the capital of i and looks like l.
 */
export function skeletonOf(username: string): string {
  const folded = prototypeOf(lowerCase(prototypeOf(username)));
  return folded.replaceAll(unseenDot, '').replaceAll('i', 'l');
}
