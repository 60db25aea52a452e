import type { ValidateFunction } from 'ajv';
import { expect } from 'chai';
import { documentsOf, type Loose, only } from '../charts/support/synthesized.ts';
import { type DefinitionFile, validatorsOf } from './support/custom-resources.ts';
import { need } from './support/tools.ts';

interface Resource {
  readonly kind: string;
  readonly apiVersion: string;
  readonly file: DefinitionFile;
  readonly sets: readonly string[];
  /** Makes a mistake in the spec, which the definition has to refuse. */
  readonly spoil: (spec: Loose) => void;
}

const router = 'ingress.controller.trustedProxies={10.128.0.0/14},ingress.controller.idleTimeoutSeconds=60';

/** Custom resources whose schemas the gate has in tables of its own. */
const resources: readonly Resource[] = [
  {
    kind: 'CiliumNetworkPolicy',
    apiVersion: 'cilium.io/v2',
    file: {
      module: 'github.com/cilium/cilium',
      version: 'v1.18.4',
      path: 'pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml',
    },
    sets: [
      'networkPolicy.cilium.enabled=true,database.peers[0].fqdn=db.example.com,redis.peers[0].fqdn=*.example.com',
      'networkPolicy.extraIngress[0].peers[0].entity=cluster,networkPolicy.extraIngress[0].ports[0].port=9000',
      'networkPolicy.extraIngress[0].ports[0].endPort=9010',
    ],
    spoil: (spec) => {
      spec.egress[0].toPort = [];
    },
  },
  {
    kind: 'Route',
    apiVersion: 'route.openshift.io/v1',
    file: {
      module: 'github.com/openshift/api',
      version: 'v0.0.0-20251020135558-286504b695bc',
      path: 'route/v1/zz_generated.crd-manifests/routes.crd.yaml',
    },
    sets: [`ingress.kind=route,${router},ingress.controller.peers[0].namespace=openshift-ingress`],
    spoil: (spec) => {
      spec.port.targetPorts = 'http';
    },
  },
];

for (const { apiVersion, file, kind, sets, spoil } of resources)
  describe(`${kind}, as its own definition checks it`, function () {
    this.timeout(600_000);
    let validate: ValidateFunction;
    before(function () {
      need(this, 'go', 'the distribution of Go');
      const found = validatorsOf(file).get(`${apiVersion} ${kind}`);
      if (!found) throw new Error(`${file.path} has no ${apiVersion} ${kind}`);
      validate = found;
    });

    it('is accepted without an unknown field', () => {
      const { spec } = only(documentsOf('eks', ...sets), kind);
      expect(validate(spec), JSON.stringify(validate.errors)).to.equal(true);
    });

    it('is refused with a planted mistake', () => {
      const { spec } = only(documentsOf('eks', ...sets), kind);
      spoil(spec);
      expect(validate(spec)).to.equal(false);
    });
  });
