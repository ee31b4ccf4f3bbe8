import { container, each, emptyLeaf, leaf, leafList, list, type SchemaNode } from '../schema.ts';
import { firewall } from './firewall.ts';
import { interfaces } from './interfaces.ts';
import { policyOptions } from './policy.ts';
import { protocols, routingInstances, routingOptions } from './routing.ts';
import { services } from './services.ts';
import { system } from './system.ts';

const classOfService = container({
  interfaces: container(
    {},
    {
      entry: {
        element: 'interface',
        node: list({
          unit: list({
            ...each(['scheduler-map', 'forwarding-class', 'output-traffic-control-profile'], leaf()),
            'shaping-rate': leaf(),
          }),
          ...each(['scheduler-map', 'output-traffic-control-profile'], leaf()),
        }),
      },
    },
  ),
  'forwarding-classes': container({
    class: list({ ...each(['queue-num', 'priority', 'policing-priority'], leaf()) }),
  }),
  'scheduler-maps': list({ 'forwarding-class': list({ scheduler: leaf() }) }, { grouped: true }),
  schedulers: list({ priority: leaf() }, { grouped: true }),
});

/** The top of the hierarchy. */
export const root: SchemaNode = container(() => top);

const top: Record<string, SchemaNode> = {
  version: leaf(),
  groups: list(() => top, { grouped: true }),
  system,
  chassis: container({
    'aggregated-devices': container({ ethernet: container({ 'device-count': leaf() }) }),
    'network-services': leaf(),
  }),
  services,
  interfaces,
  snmp: container({
    ...each(['location', 'contact', 'description'], leaf()),
    community: list({ authorization: leaf(), clients: list({ restrict: emptyLeaf() }, { grouped: true }) }),
  }),
  'routing-instances': routingInstances,
  'routing-options': routingOptions,
  protocols,
  'policy-options': policyOptions,
  firewall,
  'class-of-service': classOfService,
  applications: container({
    application: list({ ...each(['protocol', 'destination-port', 'source-port'], leaf()) }),
    'application-set': list({ application: list() }),
  }),
  'event-options': container({ policy: list({ events: leafList() }) }),
};
