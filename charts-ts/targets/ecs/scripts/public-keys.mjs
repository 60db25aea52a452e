// Writes the further public keys into the volume that the service reads. Runs as root, to whom the volumes of Fargate belong.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { KEYS_FOLDER, PUBLIC_KEYS } = process.env;
for (const [name, pem] of Object.entries(JSON.parse(PUBLIC_KEYS)))
  writeFileSync(join(KEYS_FOLDER, [name, 'pem'].join('.')), pem, { mode: 0o644 });
