import { Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { ecsNames } from '../ecs-names.ts';
import type { EcsValues } from '../values.ts';
import type { Metrics } from './metrics.ts';

interface Rule {
  readonly metric: keyof Metrics;
  readonly description: string;
  readonly threshold: number;
  /** Minutes in a row. */
  readonly minutes: number;
  readonly isBelow?: boolean;
}

const gib = 2 ** 30;

/** Alarms by their names. The description says what to look at first. */
type Rules = Readonly<Record<string, Rule>>;

const serviceRules: Rules = {
  ServiceErrors: {
    metric: 'targetErrors',
    description: 'The service answers with 5xx. See its log and the stores.',
    threshold: 10,
    minutes: 5,
  },
  LoadBalancerErrors: {
    metric: 'balancerErrors',
    description: 'The load balancer answers with 5xx itself: no healthy task, or connections that end.',
    threshold: 10,
    minutes: 5,
  },
  Latency: {
    metric: 'latency',
    description:
      'One request in a hundred takes longer than two seconds. See the CPU of the tasks and of Postgres.',
    threshold: 2,
    minutes: 5,
  },
  UnhealthyHosts: {
    metric: 'unhealthyHosts',
    description: 'A task fails its health check. See the events of the service.',
    threshold: 1,
    minutes: 5,
  },
  TaskCpu: {
    metric: 'taskCpu',
    description:
      'The tasks are busy although the number of tasks has been raised. See autoscaling.maxReplicas.',
    threshold: 90,
    minutes: 15,
  },
};

function storeRules({ database, ecs }: EcsValues): Rules {
  return {
    DatabaseStorage: {
      metric: 'databaseStorage',
      description: 'Postgres has little storage left. Raise ecs.database.maxStorageGib.',
      threshold: Math.round((ecs.database.storageGib * gib) / 10),
      minutes: 5,
      isBelow: true,
    },
    DatabaseCpu: {
      metric: 'databaseCpu',
      description: 'Postgres is busy. A larger ecs.database.instanceClass helps.',
      threshold: 80,
      minutes: 15,
    },
    DatabaseConnections: {
      metric: 'databaseConnections',
      description: 'Postgres has few free connections. See database.poolMax and database.maxConnections.',
      threshold: Math.round(database.maxConnections * 0.9),
      minutes: 5,
    },
    RedisMemory: {
      metric: 'redisMemory',
      description: 'Redis is nearly full and will refuse writes. A larger ecs.redis.nodeType helps.',
      threshold: 80,
      minutes: 5,
    },
  };
}

/** The alarms, and the topic that they are sent to. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, values: EcsValues, metrics: Metrics) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { topicName: ecsNames.alarms, enforceSSL: true });
    // A topic with a policy no longer has the default one, which lets the alarms of the account in.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    if (values.ecs.alarmEmail) topic.addSubscription(new EmailSubscription(values.ecs.alarmEmail));
    const action = new SnsAction(topic);
    for (const [name, rule] of Object.entries({ ...serviceRules, ...storeRules(values) })) {
      const alarm = this.alarm(name, rule, metrics[rule.metric]);
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }

  private alarm(name: string, { description, isBelow, minutes, threshold }: Rule, metric: Metric): Alarm {
    return new Alarm(this, name, {
      alarmName: `${ecsNames.service}-${name}`,
      alarmDescription: description,
      metric,
      threshold,
      evaluationPeriods: minutes,
      datapointsToAlarm: minutes,
      comparisonOperator: isBelow
        ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Counters of errors have no data while nothing fails.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
