import { waitFor } from '../../../tools/torture/harness/process.ts';
import { type Configure, type Program, type ProxyPlace, type RunningProxy, startProxy } from './proxy.ts';

export const traefik: Program = {
  name: 'traefik',
  install: 'build github.com/traefik/traefik/v3/cmd/traefik, and put it into PATH',
  versionOptions: ['version'],
};

/**
 * Resolves when the configuration is in use: Traefik listens before it has read it.
 * @param configure makes the dynamic configuration as YAML
 * @param path of one of its routes
 */
export async function startTraefik(configure: Configure, path: string): Promise<RunningProxy> {
  const options = (file: string, { listen }: ProxyPlace) => [
    `--entrypoints.web.address=${listen}`,
    `--providers.file.filename=${file}`,
    '--global.checknewversion=false',
    '--log.level=WARN',
  ];
  const proxy = await startProxy(traefik, 'dynamic.yaml', options, configure);
  await waitFor('the routes of Traefik', async () => (await fetch(`${proxy.url}${path}`)).status !== 404);
  return proxy;
}
