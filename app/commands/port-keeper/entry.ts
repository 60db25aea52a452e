// The entry of the port keeper in the image (app/auth-service). `auth-service keep-port` without this file does the same in a
// process that has loaded the parser of the command line, and needs more memory.
import { keepPort } from './keep-port.ts';

await keepPort();
