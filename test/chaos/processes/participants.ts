/** What takes part in a run: gateways with their records, routers with their first configuration. */
import { randomBytes, randomUUID } from 'node:crypto';
import { baseConfig } from '../../../simulator/server/index.ts';
import { gatewayOn } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { childOf } from '../../families/kinds.ts';
import { enlarge } from '../large-members.ts';
import { ROUTERS } from '../workload.ts';
import type { RouterName, WorkloadGateway } from '../workload.ts';
import { OUR_USER } from './routers-messages.ts';
import type { RouterSpec } from './routers-messages.ts';
import type { Routers } from './routers.ts';
import type { Schedule } from './schedule.ts';
import { addressOf } from './site.ts';
import type { Site } from './site.ts';

/** What the parts of the harness share during a run. */
export interface Stage {
  readonly site: Site;
  readonly participants: Participants;
  readonly routers: Routers;
  /** Writes a line into the run's log. */
  readonly say: (line: string) => void;
}

export interface Participants {
  /** Children come behind the gateways. */
  readonly gateways: readonly TestGateway[];
  readonly routers: Readonly<Record<RouterName, RouterSpec>>;
  /** The routers' passwords. */
  readonly canaries: readonly string[];
  /** Makes one more gateway, with nothing wrong in it. */
  another(number: number, pair: WorkloadGateway['pair']): TestGateway;
}

interface Login {
  readonly id: string;
  readonly password: string;
}

export function participantsOf(
  { workload, routers: behaviour }: Schedule,
  site: Site,
  folder: string,
): Participants {
  const logins = Object.fromEntries(
    ROUTERS.map((name): [string, Login] => [
      name,
      { id: randomUUID(), password: `canary-${name}-${randomBytes(9).toString('hex')}` },
    ]),
  ) as Record<RouterName, Login>;
  const gateways = workload.gateways.map((gateway) => spoiled(gatewayOf(gateway, logins), gateway));
  const all = (workload.children ?? []).reduce<readonly TestGateway[]>(
    (before, { kind, number, within }) => [...before, childOf(before[within] as TestGateway, kind, number)],
    gateways,
  );
  const unitsWith = (flaw: WorkloadGateway['flaw'], name: RouterName) =>
    gatewaysWith(workload.gateways, flaw, name).map(
      (index) => `ae0.${1025 + (workload.gateways[index]?.number ?? 0)}`,
    );
  const spec = (name: RouterName): RouterSpec => ({
    ...site.routers[name],
    ...logins[name],
    name,
    config: [
      baseConfig({ name: `MX-${name}`, role: name === 'B' ? 'secondary' : 'primary' }),
      ...gatewaysWith(workload.gateways, 'conflict', name).map(
        (index) => `routing-instances { ${vrfOf(gateways[index])} { instance-type virtual-router; } }\n`,
      ),
    ].join(''),
    options: behaviour[name],
    stateFile: `${folder}/${name}.state.json`,
    tapeFile: `${folder}/${name}.tape.jsonl`,
    vrrpDown: unitsWith('vrrp down', name),
    vrrpIsolated: unitsWith('vrrp isolated', name),
  });
  return {
    gateways: all,
    routers: { A: spec('A'), B: spec('B'), C: spec('C') },
    canaries: Object.values(logins).map(({ password }) => password),
    another: (number, pair) => gatewayOf({ kind: 'vpn_gateway', number, pair, flaw: null }, logins),
  };
}

/** Makes a gateway. All gateways share one record per router, whichever role the router has in them. */
function gatewayOf(wanted: WorkloadGateway, logins: Record<RouterName, Login>): TestGateway {
  const { kind, number, pair } = wanted;
  const [primary, secondary] = pair;
  const ids = { primary: logins[primary].id, secondary: logins[secondary].id };
  const gateway = gatewayOn(kind, ids, number);
  for (const { type, body } of gateway.neighbours) {
    const name = ROUTERS.find((router) => logins[router].id === body.id);
    if (type === 'edge_router' && name !== undefined)
      Object.assign(body, {
        name: `MX-${name}`,
        ip: addressOf(name),
        ssh_port: 830,
        login: OUR_USER,
        password: logins[name].password,
      });
  }
  enlarge(gateway, wanted);
  return gateway;
}

function spoiled(gateway: TestGateway, { flaw, kind }: WorkloadGateway): TestGateway {
  if (flaw === 'check refuses') {
    const service = gateway.neighbour(kind === 'vpn_gateway' ? 'vpn_service' : 'internet_service');
    const field = kind === 'vpn_gateway' ? 'primary_downlink_vrrp_config_group' : 'primary_vrrp_config_group';
    service.body[field] = 'NO-SUCH-GROUP';
  }
  if (flaw === 'hostile value')
    gateway.gateway.body['vrf_name'] = 'x; } } system { host-name mine; } y { z {';
  return gateway;
}

/** Indices of the gateways whose flaw is on that router: on the primary of every second one. */
function gatewaysWith(
  gateways: readonly WorkloadGateway[],
  flaw: WorkloadGateway['flaw'],
  router: RouterName,
): readonly number[] {
  return gateways.flatMap((gateway, index) =>
    gateway.flaw === flaw && gateway.pair[gateway.number % 2] === router ? [index] : [],
  );
}

function vrfOf(gateway: TestGateway | undefined): string {
  return String(gateway?.gateway.body['vrf_name']);
}
