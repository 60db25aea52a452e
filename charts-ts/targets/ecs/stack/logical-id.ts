import type { CfnElement } from 'aws-cdk-lib';

/** The path of a construct without the hash that CDK appends. CDK refuses two elements with one id. */
export function logicalId({ node }: CfnElement): string {
  const path = node.path.split('/').slice(1);
  const names = path.filter((name) => name !== 'Resource' && name !== 'Default');
  return names.join('').replace(/[^A-Za-z0-9]/g, '');
}
