import { id, idCall, resources, types } from './expressions.ts';
import { type AzureValues, dailyTime } from './values.ts';

/** The built-in role "Azure Container Instances Contributor Role". */
const contributor = '5d977122-f97e-4b4d-a52f-6b43003ddb4d';

const groupId = idCall(types.containerGroup[0], resources.purge);

/** Container Instances have no schedule of their own. The trigger starts the group, as `az container start` does. */
export function workflow({ purge }: AzureValues) {
  const { hour, minute } = dailyTime(purge.schedule) ?? { hour: 0, minute: 0 };
  const start = `[format('{0}{1}/start?api-version=${types.containerGroup[1]}', environment().resourceManager, substring(${groupId}, 1))]`;
  return {
    identity: { type: 'SystemAssigned' },
    properties: {
      state: 'Enabled',
      definition: {
        $schema:
          'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#',
        contentVersion: '1.0.0.0',
        triggers: {
          daily: {
            type: 'Recurrence',
            recurrence: {
              frequency: 'Day',
              interval: 1,
              timeZone: 'UTC',
              schedule: { hours: [hour], minutes: [minute] },
            },
          },
        },
        actions: {
          start: {
            type: 'Http',
            runAfter: {},
            inputs: {
              method: 'POST',
              uri: start,
              authentication: {
                type: 'ManagedServiceIdentity',
                audience: '[environment().authentication.audiences[0]]',
              },
            },
          },
        },
      },
    },
  };
}

/** The trigger may change the one group that it starts. */
export const assignment = {
  name: `[guid(${groupId}, '${resources.purge}')]`,
  scope: `[${groupId}]`,
  properties: {
    roleDefinitionId: `[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${contributor}')]`,
    principalId: `[reference(${idCall(types.workflow[0], resources.purge)}, '${types.workflow[1]}', 'full').identity.principalId]`,
    principalType: 'ServicePrincipal',
  },
  dependsOn: [id(types.containerGroup[0], resources.purge), id(types.workflow[0], resources.purge)],
};
