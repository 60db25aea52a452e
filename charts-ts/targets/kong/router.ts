import type { KongConfig, KongRoute } from './config.ts';

const isRegex = (path: string): boolean => path.startsWith('~');

function matchesPath(path: string, requested: string): boolean {
  // Kong anchors a regular expression at the beginning only.
  return isRegex(path) ? new RegExp(`^(?:${path.slice(1)})`).test(requested) : requested.startsWith(path);
}

/**
 * The order of the flavour traditional_compatible for routes with methods and paths: regular expressions first, by their
 * priority, then the longest prefix. Routes that are equal in this keep the order of the file.
 */
function rankOf(route: KongRoute, path: string): [number, number] {
  return isRegex(path) ? [1, route.regex_priority ?? 0] : [0, path.length];
}

/** The route that Kong chooses for a request, by its method and its path without the query; undefined means 404. */
export function routeFor(config: KongConfig, method: string, requested: string): KongRoute | undefined {
  const candidates = config.services
    .flatMap(({ routes }) => routes)
    .filter((route) => route.methods.some((one) => one === method))
    .flatMap((route) =>
      route.paths
        .filter((path) => matchesPath(path, requested))
        .map((path) => ({ route, rank: rankOf(route, path) })),
    );
  candidates.sort((a, b) => b.rank[0] - a.rank[0] || b.rank[1] - a.rank[1]);
  return candidates[0]?.route;
}
