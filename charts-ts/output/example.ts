import type { FolderContent } from './output-folder.ts';

const header = (
  cloud: string,
) => `# An example, not for a cluster: account, host, certificate and networks are those of charts-ts/values/${cloud}.yaml.
# charts-ts/README.md says how to write the manifests of a cluster of your own.
`;

/** The files with a comment that says where their values come from. */
export const asExample = (cloud: string, content: FolderContent): FolderContent =>
  new Map([...content].map(([name, text]) => [name, `${header(cloud)}${text}`]));
