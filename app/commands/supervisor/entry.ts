// The entry of the supervisor in the image (app/auth-service). `auth-service serve --supervise` without this file does the
// same in a process that has loaded the parser of the command line, and needs more memory.
import { fileURLToPath } from 'node:url';
import { supervise } from './supervise.ts';

const fileOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

process.exit(await supervise({ options: ['--require', fileOf('threads.cjs')], entry: fileOf('main.js') }));
