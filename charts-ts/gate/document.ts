import type { Manifest } from '../manifest.ts';

/** One object and the file that contains it. */
export interface Document {
  readonly file: string;
  readonly object: Manifest;
}

/** A fault that a rule found in an object. */
export interface Finding {
  readonly document: Document;
  readonly message: string;
}

/** Formats a finding: `eks/31-deployment.yaml Deployment/auth-service: message [rule: ids of other scanners]`. */
export function formatFinding({ document, message }: Finding, rule: string, scannerIds = ''): string {
  const { kind, metadata } = document.object;
  const source = scannerIds ? `${rule}: ${scannerIds}` : rule;
  return `${document.file} ${kind}/${metadata?.name ?? '(no name)'}: ${message} [${source}]`;
}
