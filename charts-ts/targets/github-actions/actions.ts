/**
 * The actions that the workflows use. Each commit is the one that public repositories name beside the version; a tag could be
 * moved to other code.
 */
export const actions = {
  checkout: ['actions/checkout', 'de0fac2e4500dabe0009e67214ff5f5447ce83dd', 'v6.0.2'],
  setupNode: ['actions/setup-node', '6044e13b5dc448c55e2357c09f80417699197238', 'v6.2.0'],
  uploadArtifact: ['actions/upload-artifact', 'b7c566a772e6b6bfb58ed0dc250532a479d7789f', 'v6.0.0'],
  downloadArtifact: ['actions/download-artifact', '37930b1c2abaa49bbe596cd826c3c89aef350131', 'v7.0.0'],
  attest: ['actions/attest-build-provenance', '977bb373ede98d70efdf65b84cb5f73e068dcc2a', 'v3.0.0'],
  aws: ['aws-actions/configure-aws-credentials', '61815dcd50bd041e203e49132bacad1fd04d2708', 'v5.1.1'],
  google: ['google-github-actions/auth', '7c6bc770dae815cd3e89ee6cdf493a5fab2cc093', 'v3.0.0'],
  azure: ['azure/login', 'a457da9ea143d694b1b9c7c869ebb04ebe844ef5', 'v2.3.0'],
} as const satisfies Record<string, readonly [repository: string, commit: string, version: string]>;

/** `owner/action@commit` */
export const reference = (name: keyof typeof actions): string => actions[name].slice(0, 2).join('@');

/** The version of each reference, for the comment beside it. */
export const versions: ReadonlyMap<string, string> = new Map(
  Object.values(actions).map(([repository, commit, version]) => [`${repository}@${commit}`, version]),
);
