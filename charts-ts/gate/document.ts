import type { Manifest } from '../manifest.ts';
import { scannerIds } from './scanner-ids.ts';

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
export function formatFinding({ document, message }: Finding, rule: string): string {
  const { kind, metadata } = document.object;
  const otherIds = scannerIds[rule];
  const name = metadata?.name ?? metadata?.generateName ?? '(no name)';
  return `${document.file} ${kind}/${name}: ${message} [${otherIds ? `${rule}: ${otherIds}` : rule}]`;
}
