import { parseArgs } from 'node:util';

/** Arguments that the program does not know, or that are missing. */
export class UsageError extends Error {}

export const usage = `Usage: npm run e2e -- --image IMAGE --stores FILE [options]
Runs the service in the cluster that kubectl points at, and reports what fails, what is skipped and how many requests are lost.
Every object that it creates is in namespaces of its own or has a name of its own, and is deleted at the end.
  --image IMAGE     the image of the service with its tag, as the nodes can pull it (or KUBERNETES_IMAGE)
  --stores FILE     a file with the lines DB_PRIMARY_DB_URL, REDIS_URL and CA_FILE of stores that pods reach (or KUBERNETES_STORES)
  --postgres-image IMAGE, --redis-image IMAGE
                    official images of both stores, which then run in the cluster without TLS, instead of --stores
  -f FILE           values that the cluster needs, such as pull Secrets (repeatable)
  --context NAME    the context of the kubeconfig
  --only STEP,...   only these steps; --skip STEP,... all others
  --requests N      requests of each load whose losses must be 0 (default: 20000)
  --rate N          requests a second; a quarter of them on new connections (default: 200)
  --json FILE       writes the results as JSON
  --keep            deletes nothing at the end
  --list            prints the steps, and ends`;

const options = {
  image: { type: 'string' },
  stores: { type: 'string' },
  'postgres-image': { type: 'string' },
  'redis-image': { type: 'string' },
  values: { type: 'string', short: 'f', multiple: true },
  context: { type: 'string' },
  only: { type: 'string' },
  skip: { type: 'string' },
  requests: { type: 'string', default: '20000' },
  rate: { type: 'string', default: '200' },
  json: { type: 'string' },
  keep: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export type Options = ReturnType<typeof parseOptions>;

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

function positive(name: string, value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new UsageError(`--${name} ${value}: must be a number above 0`);
  return Number(value);
}

const namesIn = (list: string | undefined): string[] => list?.split(',').filter(Boolean) ?? [];

/**
 * @param steps the names of all steps
 * @throws UsageError
 */
export function parseOptions(
  args: readonly string[],
  env: Readonly<NodeJS.Dict<string>>,
  steps: readonly string[],
) {
  const values = read(args);
  const only = namesIn(values.only);
  const skip = namesIn(values.skip);
  const unknown = [...only, ...skip].filter((name) => !steps.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`unknown step: ${unknown.join(', ')}. The steps are ${steps.join(', ')}`);
  const image = values.image ?? env.KUBERNETES_IMAGE ?? '';
  const stores = values.stores ?? env.KUBERNETES_STORES;
  const images = { postgres: values['postgres-image'], redis: values['redis-image'] };
  const isForReading = values.list || values.help;
  if (!isForReading && !image) throw new UsageError(`--image is missing\n${usage}`);
  if (!isForReading && !stores && !(images.postgres && images.redis))
    throw new UsageError(`--stores is missing, or --postgres-image and --redis-image\n${usage}`);
  return {
    image,
    stores,
    storeImages: images,
    files: values.values ?? [],
    context: values.context,
    steps: steps.filter((name) => (only.length === 0 || only.includes(name)) && !skip.includes(name)),
    requests: positive('requests', values.requests),
    rate: positive('rate', values.rate),
    json: values.json,
    keep: values.keep,
    list: values.list,
    help: values.help,
  };
}
