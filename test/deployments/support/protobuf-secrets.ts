/** A field of a message: its number and, of a length-delimited one, its bytes. */
type Field = readonly [number: number, bytes: Buffer];

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);

/** The fields of a message. Those of other types than texts, maps and messages have no bytes. */
function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const next = (): number => {
    let [value, factor, byte] = [0, 1, 128];
    for (; byte > 127; factor *= 128) {
      byte = message[at++] ?? 0;
      value += (byte % 128) * factor;
    }
    return value;
  };
  while (at < message.length) {
    const tag = next();
    const length = next();
    const isDelimited = tag % 8 === 2;
    fields.push([Math.floor(tag / 8), isDelimited ? message.subarray(at, at + length) : Buffer.alloc(0)]);
    if (isDelimited) at += length;
  }
  return fields;
}

const bytesOf = (message: Buffer, number: number): Buffer =>
  fieldsOf(message).find(([each]) => each === number)?.[1] ?? Buffer.alloc(0);

/** Every message begins so: `k8s` and a zero (apimachinery/pkg/runtime/serializer/protobuf). */
const magic = Buffer.from('k8s\0');

/** An envelope (runtime.Unknown) of a message. */
export function wrap(kind: string, message: Buffer): Buffer {
  const type = Buffer.concat([field(1, Buffer.from('v1')), field(2, Buffer.from(kind))]);
  return Buffer.concat([magic, field(1, type), field(2, message)]);
}

/** A list of messages. The first field is the metadata of the list. */
export const listOf = (messages: readonly Buffer[]): Buffer =>
  Buffer.concat([field(1, Buffer.alloc(0)), ...messages.map((message) => field(2, message))]);

/** The message in an envelope, with the name and the labels of its metadata (api/core/v1/generated.proto). */
export function unwrap(envelope: Buffer) {
  const message = bytesOf(envelope.subarray(magic.length), 2);
  const metadata = bytesOf(message, 1);
  const labels = fieldsOf(metadata)
    .filter(([number]) => number === 11)
    .map(([, entry]) => [String(bytesOf(entry, 1)), String(bytesOf(entry, 2))] as const);
  return { message, name: String(bytesOf(metadata, 1)), labels: Object.fromEntries(labels) };
}
