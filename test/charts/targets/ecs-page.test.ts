import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { containersOf } from '../../../charts-ts/targets/ecs/checks/containers.ts';
import { parseTemplate } from '../../../charts-ts/targets/ecs/checks/template.ts';
import { blocksOf } from '../../deployments/support/page.ts';

const texts = ['auth-service.template.json', 'auth-service-backup.template.json'].map((file) =>
  readFileSync(`deploy-out/ecs/${file}`, 'utf8'),
);
const templates = texts.map((text, index) => parseTemplate(`template ${index}`, text));
const page = blocksOf('docs/deploy/ecs.md')
  .map((block) => block.text)
  .join('\n');

/** The words of the page behind an option or inside a text. */
const wordsOf = (pattern: RegExp): string[] => [
  ...new Set([...page.matchAll(pattern)].map(([, word = '']) => word)),
];

const namesOf = (type: string, property: string): unknown[] =>
  templates.flatMap((template) => template.ofType(type)).map(({ properties }) => properties[property]);

/** Names that a command of the page uses, and those of the template. Each list has at least one word. */
const used: Readonly<Record<string, readonly [string[], unknown[]]>> = {
  clusters: [wordsOf(/--cluster (\S+)/g), namesOf('AWS::ECS::Cluster', 'ClusterName')],
  services: [wordsOf(/--services? ([a-z]\S+)/g), namesOf('AWS::ECS::Service', 'ServiceName')],
  'task definitions': [wordsOf(/--task-definition (\S+)/g), namesOf('AWS::ECS::TaskDefinition', 'Family')],
  databases: [
    wordsOf(/--source-db-instance-identifier (\S+)/g),
    namesOf('AWS::RDS::DBInstance', 'DBInstanceIdentifier'),
  ],
  'replication groups': [
    wordsOf(/--replication-group-id (\S+)/g),
    namesOf('AWS::ElastiCache::ReplicationGroup', 'ReplicationGroupId'),
  ],
  'log groups': [wordsOf(/--log-group-name (\S+)/g), namesOf('AWS::Logs::LogGroup', 'LogGroupName')],
  outputs: [wordsOf(/OutputKey=='(\w+)'/g), texts.flatMap((text) => Object.keys(JSON.parse(text).Outputs))],
  secrets: [
    wordsOf(/(?:--secret-id|create-secret --name) (\S+)/g),
    [
      ...namesOf('AWS::SecretsManager::Secret', 'Name'),
      ...[...texts.join('').matchAll(/:secret:([a-z-]+)"/g)].map(([, name]) => name),
    ],
  ],
};

describe('the page of ECS', () => {
  for (const [kind, [words, known]] of Object.entries(used)) {
    it(`names ${kind} of the template`, () => {
      expect(words).not.to.deep.equal([]);
      expect(known).to.include.members(words);
    });
  }

  it('overrides containers that the task definition has', () => {
    const calls = [...page.matchAll(/--task-definition (\S+) --overrides '(.*)'/g)];
    expect(calls).to.have.length(4);
    for (const [, family, json = ''] of calls) {
      const names = templates
        .flatMap(containersOf)
        .filter(({ task }) => task.properties.Family === family)
        .map(({ name }) => name);
      const literal = json.replaceAll(`'"$BUCKET"'`, 'a-bucket');
      for (const { name } of JSON.parse(literal).containerOverrides) expect(names).to.include(name);
    }
  });

  it('scales the target of the template', () => {
    const [target] = templates.flatMap((template) =>
      template.ofType('AWS::ApplicationAutoScaling::ScalableTarget'),
    );
    expect(wordsOf(/--scalable-dimension (\S+)/g)).to.deep.equal([target?.properties.ScalableDimension]);
    expect(wordsOf(/--resource-id (\S+)/g)).to.deep.equal(['service/auth-system-cluster/auth-service']);
    const { MaxCapacity, MinCapacity } = target?.properties ?? {};
    expect(page, 'after a restore').to.contain(`--min-capacity ${MinCapacity} --max-capacity ${MaxCapacity}`);
  });
});
