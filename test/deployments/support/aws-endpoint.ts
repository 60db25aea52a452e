import { createServer, type IncomingMessage } from 'node:http';
import type { Cleanup } from '../../../tools/torture/harness/cleanup.ts';

/** A request that the AWS CLI has signed and sent. */
export interface AwsCall {
  /** For example `ecs.UpdateService`. */
  readonly operation: string;
  /** The parameters as the CLI has understood them. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

/** The name of the service in the signature: `Credential=…/20260101/region/ecs/aws4_request`. */
const serviceOf = ({ headers }: IncomingMessage): string =>
  /\/([a-z-]+)\/aws4_request/.exec(headers.authorization ?? '')?.[1] ?? '';

function callOf(request: IncomingMessage, text: string): AwsCall {
  const service = serviceOf(request);
  const target = request.headers['x-amz-target'];
  if (target) {
    return { operation: `${service}.${String(target).split('.').at(-1)}`, parameters: JSON.parse(text) };
  }
  const parameters = Object.fromEntries(new URLSearchParams(text));
  return { operation: `${service}.${parameters.Action}`, parameters };
}

/** XML and JSON of the same error, in the format of the request. */
function answerTo(request: IncomingMessage, code: string, message: string): string {
  if (request.headers['x-amz-target']) return JSON.stringify({ __type: code, message });
  return `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

/**
 * An endpoint that refuses every call and remembers it. A CLI that gets as far as this has accepted the command and each
 * of its parameters. There is no stack yet, so `deploy` goes on to create one.
 */
export async function startAwsEndpoint(cleanup: Cleanup) {
  const calls: AwsCall[] = [];
  const server = createServer(async (request, response) => {
    const call = callOf(request, await textOf(request));
    calls.push(call);
    const isDescribed = call.operation === 'cloudformation.DescribeStacks';
    const [code, message] = isDescribed
      ? ['ValidationError', `Stack with id ${call.parameters.StackName} does not exist`]
      : ['RefusedByTheTest', 'the command was understood'];
    response.writeHead(400).end(answerTo(request, code, message));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.add(() => void server.close());
  // reason: a server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    /** The calls since the last time. */
    take: (): AwsCall[] => calls.splice(0),
  };
}
