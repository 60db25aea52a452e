import { existsSync } from 'node:fs';

/** Programs of Debian packages that some suites need. */
const packages = {
  promtool: 'prometheus',
  prometheus: 'prometheus',
  chromium: 'chromium',
  pngquant: 'pngquant',
  'redis-server': 'redis-server',
  openssl: 'openssl',
  zsh: 'zsh',
  fish: 'fish',
  jq: 'jq',
} as const;

export type Tool = keyof typeof packages;

/** The path of the program, or undefined. */
export function toolPath(tool: Tool): string | undefined {
  return [`/usr/bin/${tool}`, `/usr/local/bin/${tool}`].find((place) => existsSync(place));
}

/** The title of a suite. Where the program is missing, it names the package. */
export function needs(tool: Tool, title: string): string {
  return toolPath(tool) ? title : `${title} (needs ${tool}, of the Debian package ${packages[tool]})`;
}
