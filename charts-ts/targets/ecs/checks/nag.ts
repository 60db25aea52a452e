import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Template } from './template.ts';

/** A finding of cdk-nag that stays, with its reason. */
interface Accepted {
  readonly rule: string;
  /** Logical ids. */
  readonly resources: RegExp;
  readonly reason: string;
  /** The finding is accepted in a template with this text only. */
  readonly onlyWith?: string;
}

export const accepted: readonly Accepted[] = [
  {
    rule: 'AwsSolutions-VPC7',
    resources: /^NetworkVpc$/,
    reason:
      'Flow logs cost more than the service in a busy installation, and belong to the account that pays for them.',
  },
  {
    rule: 'AwsSolutions-EC23',
    resources: /^NetworkLoadBalancer$/,
    reason:
      'The load balancer serves the internet on 80 and 443. The rule open-port refuses any other open port.',
  },
  {
    rule: 'AwsSolutions-SMG4',
    resources: /^(Password|Secret)/,
    reason:
      'Rotation by Secrets Manager needs a function with a driver. ecs.passwordGeneration rotates with a deployment.',
  },
  {
    rule: 'AwsSolutions-RDS3',
    resources: /^DatabaseInstance$/,
    reason:
      'ecs.database.multiAz decides, because a standby doubles the price. The default is that of the guide.',
  },
  {
    rule: 'AwsSolutions-RDS10',
    resources: /^DatabaseInstance$/,
    reason:
      'ecs.deletionProtection turns off both protections, before the stack is deleted. One alone is a mistake.',
    onlyWith: '"deletion_protection.enabled","Value":"false"',
  },
  {
    rule: 'AwsSolutions-RDS11',
    resources: /^DatabaseInstance$/,
    reason: 'Another port hides nothing: only the security group of the tasks reaches the database.',
  },
  {
    rule: 'AwsSolutions-AEC5',
    resources: /^RedisGroup$/,
    reason: 'Another port hides nothing: only the security group of the tasks reaches Redis.',
  },
  {
    rule: 'AwsSolutions-ELB2',
    resources: /^LoadBalancerBalancer$/,
    reason: 'ecs.accessLogsBucket turns them on. The service logs each request with more detail.',
  },
  {
    rule: 'AwsSolutions-ECS2',
    resources: /^(ServiceTaskTask|PurgeTask|Task)$/,
    reason: 'They are no secrets: the rule `secrets` refuses a secret among them.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::*]',
    resources: /ExecutionRoleDefaultPolicy$/,
    reason: 'ecr:GetAuthorizationToken has no resource.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ecs:<AWS::Region>:*:task/<Cluster>/*]',
    resources: /^PurgeTaskEventsRoleDefaultPolicy$/,
    reason: 'EventBridge tags the tasks that it starts in this cluster, whose ids nobody knows before.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::<Bucket.Arn>/*]',
    resources: /^TaskTaskRoleDefaultPolicy$/,
    reason: 'The names of backups contain their time. Only the bucket of the backups is meant.',
  },
  {
    rule: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/ecs/auth-service:*]',
    resources: /^TaskExecutionRoleDefaultPolicy$/,
    reason: 'These are the streams of one log group. Their names contain the ids of tasks.',
  },
  {
    rule: 'AwsSolutions-S1',
    resources: /^Bucket$/,
    reason:
      'CloudTrail records who reads objects. A log of the bucket would need a second bucket, which needs a log too.',
  },
];

/** Runs the rules on the constructs of the finished text, so that they see what people have changed. */
function violationsOf(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'auth-nag-'));
  try {
    const templateFile = join(folder, 'template.json');
    writeFileSync(templateFile, text);
    const app = new App({ outdir: folder, analyticsReporting: false, treeMetadata: false });
    const stack = new Stack(app, 'nag');
    new CfnInclude(stack, 'Template', { templateFile });
    return new AwsSolutionsChecks().validateScope(stack).violations;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the AWS Solutions rules of cdk-nag find, except for what is accepted. */
export function* nagFindings({ file, text }: Template, kept = accepted): Iterable<string> {
  for (const { description, ruleName, violatingResources } of violationsOf(text)) {
    for (const { constructPath = '' } of violatingResources) {
      const id = constructPath.split('/').at(-1) ?? '';
      const isAccepted = kept.some(
        ({ onlyWith = '', resources, rule }) =>
          rule === ruleName && resources.test(id) && text.includes(onlyWith),
      );
      if (!isAccepted) yield `${file}: ${id}: ${description} [nag-${ruleName.replace('AwsSolutions-', '')}]`;
    }
  }
}
