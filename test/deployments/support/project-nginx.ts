import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildTarget } from '../../../charts-ts/targets/build-target.ts';
import { singleServer } from '../../../charts-ts/targets/single-server/single-server.ts';
import { startProcess, tail, waitFor } from '../../../tools/torture/harness/process.ts';
import { run } from './checker.ts';
import type { Issued } from './issued-certificates.ts';

/**
 * The files of the target, drawn for the version of nginx on this machine: newer versions enable HTTP/2 by a directive of
 * its own.
 */
async function drawFiles(): Promise<(name: string) => string> {
  const version = /nginx\/([\d.]+)/.exec(run('nginx', ['-v']).output)?.[1] ?? '';
  const files = await buildTarget(singleServer, {
    files: [],
    sets: [{ kind: 'set', text: `singleServer.nginx.image.tag=${version}` }],
  });
  return (name) => {
    const [, text] = [...files].find(([file]) => file.endsWith(`/${name}`)) ?? [];
    if (text === undefined) throw new Error(`the target has no file ${name}`);
    return text;
  };
}

let drawing: ReturnType<typeof drawFiles> | undefined;

export interface Front {
  /** Its address on the loopback interface. It listens on ports 80 and 443 there. */
  readonly address: string;
  readonly servicePort: number;
  readonly certificate: Issued;
  /** Changes the configuration, for a deployment that is broken. */
  readonly change?: (text: string) => string;
}

/** What differs between the server of the page and the machine of the test: addresses, paths and the user. */
function adapt(text: string, folder: string, { address, certificate, servicePort }: Front): string {
  return text
    .replaceAll(/^ *listen \[::\].*\n/gm, '')
    .replaceAll(/^( *)listen (80|443)\b/gm, `$1listen ${address}:$2`)
    .replace(/^ *server 172\.30\.10\.12:8000.*\n/m, '')
    .replace('172.30.10.11:8000', `127.0.0.1:${servicePort}`)
    .replace('/etc/auth-system/tls/fullchain.pem', certificate.chainFile)
    .replace('/etc/auth-system/tls/privkey.pem', certificate.keyFile)
    .replaceAll('/etc/nginx/', `${folder}/`)
    .replaceAll('/etc/auth-system/nginx/', `${folder}/further/`)
    .replaceAll('/var/log/nginx/', `${folder}/`)
    .replace('/run/nginx.pid', `${folder}/nginx.pid`)
    .replace('worker_processes auto;', 'user root;\nworker_processes 1;\ndaemon off;')
    .replace(
      '  server_tokens off;',
      `  server_tokens off;\n${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
        .map((name) => `  ${name}_temp_path ${folder}/${name};`)
        .join('\n')}`,
    );
}

/** Starts nginx with the configuration of the target single-server. */
export async function startProjectNginx(front: Front): Promise<{ stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'project-nginx-'));
  mkdirSync(join(folder, 'further'));
  drawing ??= drawFiles();
  const fileOf = await drawing;
  const text = adapt(fileOf('nginx.conf'), folder, front);
  const changed = front.change ? front.change(text).replaceAll('FOLDER', folder) : text;
  writeFileSync(join(folder, 'nginx.conf'), changed);
  writeFileSync(join(folder, 'problems.conf'), fileOf('problems.conf'));
  const logFile = join(folder, 'output.log');
  const nginx = startProcess(['nginx', '-c', join(folder, 'nginx.conf'), '-p', folder, '-e', 'stderr'], {
    logFile,
  });
  await waitFor('nginx', () => {
    if (!nginx.isRunning()) throw new Error(tail(logFile));
    // nginx writes the file after it has opened its sockets.
    return readPid(join(folder, 'nginx.pid'));
  });
  return {
    async stop() {
      await nginx.stop('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readPid(file: string): boolean {
  try {
    return readFileSync(file, 'utf8').trim() !== '';
  } catch {
    return false;
  }
}
