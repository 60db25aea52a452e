/** The part of JSON Schema that the schemas of the service use. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly schema: Schema;
}

/** One endpoint as the document describes it. */
export interface Operation {
  /** `POST /api/v1/auth/login`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly isOpen: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
}

interface Described {
  readonly security?: readonly unknown[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
}

function operationOf(method: string, path: string, described: Described): Operation {
  const verb = method.toUpperCase();
  return {
    name: `${verb} ${path}`,
    method: verb,
    path,
    isOpen: described.security?.length === 0,
    parameters: described.parameters ?? [],
    body: described.requestBody?.content['application/json']?.schema,
  };
}

/** Every operation of an OpenAPI document. */
export function operationsOf(document: unknown): readonly Operation[] {
  // The document that the service publishes; routes.test.ts validates it against the official schema.
  const { paths } = document as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operationOf(method, path, described)),
  );
}
