import type { Manifest } from '../manifest.ts';

/** One object and the file that it stands in. */
export interface Document {
  readonly file: string;
  readonly object: Manifest;
}

/** What a rule found wrong with an object. */
export interface Finding {
  readonly document: Document;
  readonly message: string;
}

/** `eks/31-deployment.yaml Deployment/auth-service: message [rule: what scanners call it]`. */
export function describe(
  { document, message }: Finding,
  rule: string,
  covers: readonly string[] = [],
): string {
  const { kind, metadata } = document.object;
  const names = covers.length > 0 ? `${rule}: ${covers.join(', ')}` : rule;
  return `${document.file} ${kind}/${metadata?.name ?? '?'}: ${message} [${names}]`;
}
