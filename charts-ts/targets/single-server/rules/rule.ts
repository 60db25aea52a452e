import type { FolderContent } from '../../../output/output-folder.ts';
import type { Compose } from '../read-compose.ts';

/** What the rules of the server look at: the text of every file, and the Compose file as a tree. */
export interface Server {
  readonly files: FolderContent;
  readonly compose: Compose;
}

/** One mistake that no other program finds. */
export interface Rule {
  readonly id: string;
  readonly file: string;
  /** What is wrong, as a sentence without the file and the name of the rule. */
  check(server: Server): Iterable<string>;
}
