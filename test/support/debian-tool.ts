import { existsSync } from 'node:fs';

/** Programs of Debian packages that some suites use where they are installed. */
const packages = {
  promtool: 'prometheus',
  prometheus: 'prometheus',
  chromium: 'chromium',
  'redis-server': 'redis-server',
} as const;

export type Tool = keyof typeof packages;

/** Where the program is; undefined without it. */
export function toolPath(tool: Tool): string | undefined {
  return [`/usr/bin/${tool}`, `/usr/local/bin/${tool}`].find((place) => existsSync(place));
}

/** The title of a suite that is skipped, by name, where the program is missing. */
export function needs(tool: Tool, title: string): string {
  return toolPath(tool) ? title : `${title} (needs ${tool}, of the Debian package ${packages[tool]})`;
}
