import { appendFileSync, copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Of the manifest. */
interface DamagedBackup {
  readonly name: string;
  readonly file: string;
  readonly size: number;
}

const manifestFile = (target: string, name: string): string => join(target, `${name}.json`);

/** Changes one bit of the byte at a position. */
export function flip(file: string, position: (length: number) => number): void {
  const bytes = readFileSync(file);
  const at = position(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

/** What happens to a backup in its target, and the message of the restore. */
export const damages = ({
  name,
  file,
  size,
}: DamagedBackup): readonly (readonly [string, (target: string) => void, RegExp])[] => [
  ['whose first byte was changed', (to) => flip(join(to, file), () => 0), /cannot be decrypted/],
  ['with a changed byte in the middle', (to) => flip(join(to, file), (n) => n >> 1), /cannot be decrypted/],
  ['whose last byte was changed', (to) => flip(join(to, file), (n) => n - 1), /cannot be decrypted/],
  ['that is truncated', (to) => truncateSync(join(to, file), size - 1), /no complete backup/],
  ['that is longer', (to) => appendFileSync(join(to, file), 'x'), /no complete backup/],
  ['without its data file', (to) => truncateSync(join(to, file)), /no complete backup/],
  [
    'whose manifest was changed',
    (to) => {
      const text = readFileSync(manifestFile(to, name), 'utf8');
      writeFileSync(manifestFile(to, name), text.replace('"users": 1', '"users": 2'));
    },
    /another key, or was changed/,
  ],
  [
    'whose manifest has lost its MAC',
    (to) => {
      const text = readFileSync(manifestFile(to, name), 'utf8');
      writeFileSync(manifestFile(to, name), text.replace(/"mac": "[^"]+"/, '"mac": null'));
    },
    /has no MAC/,
  ],
  ['whose manifest is not JSON', (to) => truncateSync(manifestFile(to, name), 100), /no complete backup/],
  [
    'under the name of another one',
    (to) => {
      const other = name.replace(/.{6}$/, 'ffffff');
      copyFileSync(manifestFile(to, name), join(to, `${other}.json`));
      truncateSync(manifestFile(to, name));
    },
    /no complete backup/,
  ],
];
