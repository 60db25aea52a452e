import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/**
 * The bucket of the backups, which outlives its stack. A deleted backup remains as an earlier version, which the task cannot
 * delete, so that somebody who has the role of the task cannot destroy the backups.
 */
export function createBackupBucket(scope: Construct, keepDays: number): Bucket {
  return new Bucket(scope, 'Bucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    versioned: true,
    removalPolicy: RemovalPolicy.RETAIN,
    lifecycleRules: [
      {
        noncurrentVersionExpiration: Duration.days(keepDays),
        abortIncompleteMultipartUploadAfter: Duration.days(2),
      },
    ],
  });
}
