import { type Configure, type Program, type ProxyPlace, type RunningProxy, startProxy } from './proxy.ts';

export const traefik: Program = {
  name: 'traefik',
  install: 'build github.com/traefik/traefik/v3/cmd/traefik, and put it into PATH',
  versionOptions: ['version'],
};

/** @param configure makes the dynamic configuration as YAML */
export function startTraefik(configure: Configure): Promise<RunningProxy> {
  const options = (file: string, { listen }: ProxyPlace) => [
    `--entrypoints.web.address=${listen}`,
    `--providers.file.filename=${file}`,
    '--global.checknewversion=false',
    '--log.level=WARN',
  ];
  return startProxy(traefik, 'dynamic.yaml', options, configure);
}
