import { container, each, flag, list, value, values, type SchemaNode } from '../schema.ts';
import { firewall } from './firewall.ts';
import { interfaces } from './interfaces.ts';
import { policyOptions } from './policy.ts';
import { protocols, routingInstances, routingOptions } from './routing.ts';
import { system } from './system.ts';

const classOfService = container({
  interfaces: container(
    {},
    {
      entry: {
        element: 'interface',
        node: list({
          unit: list({
            ...each(['scheduler-map', 'forwarding-class', 'output-traffic-control-profile'], value()),
            'shaping-rate': value(),
          }),
          ...each(['scheduler-map', 'output-traffic-control-profile'], value()),
        }),
      },
    },
  ),
  'forwarding-classes': container({
    class: list({ ...each(['queue-num', 'priority', 'policing-priority'], value()) }),
  }),
  'scheduler-maps': list({ 'forwarding-class': list({ scheduler: value() }) }, { grouped: true }),
  schedulers: list({ priority: value() }, { grouped: true }),
});

/** The top of the hierarchy. */
export const root: SchemaNode = container(() => top);

const top: Record<string, SchemaNode> = {
  version: value(),
  groups: list(() => top, { grouped: true }),
  system,
  chassis: container({
    'aggregated-devices': container({ ethernet: container({ 'device-count': value() }) }),
    'network-services': value(),
  }),
  interfaces,
  snmp: container({
    ...each(['location', 'contact', 'description'], value()),
    community: list({ authorization: value(), clients: list({ restrict: flag() }, { grouped: true }) }),
  }),
  'routing-instances': routingInstances,
  'routing-options': routingOptions,
  protocols,
  'policy-options': policyOptions,
  firewall,
  'class-of-service': classOfService,
  applications: container({
    application: list({ ...each(['protocol', 'destination-port', 'source-port'], value()) }),
    'application-set': list({ application: list() }),
  }),
  'event-options': container({ policy: list({ events: values() }) }),
};
