/**
 * Gateways with a long `vrf_config`, requested at the same moment on one pair. Some schedules have a batch of such gateways. What is settled, marked or
 * owed together is then larger than what etcd takes in one request.
 */
import type { TestGateway } from '../../local/test-gateway.ts';
import type { Random } from './random.ts';
import { PAIRS } from './workload.ts';
import type { WorkloadAction, Workload, WorkloadGateway } from './workload.ts';

export interface LargeMembersOptions {
  /** The share of the schedules that has such gateways. */
  readonly share: number;
  readonly members: readonly [from: number, to: number];
  /** They are requested within this time, in ms. In some schedules all of them are cancelled or superseded within the same time after that. */
  readonly spanMs: number;
}

/** Octets of each `vrf_config`. */
const OCTETS = [20_000, 40_000, 60_000, 60_000] as const;
/** How many ms may lie between the first request and the last one, at most. */
const TOGETHER_MS = 100;
const DESCRIPTION_OCTETS = 2_000;

export function withLargeMembers(
  workload: Workload,
  random: Random,
  { share, members, spanMs }: LargeMembersOptions,
): Workload {
  if (!random.chance(share)) return workload;
  const pair = random.pick(PAIRS);
  const vrfConfigOctets = random.pick(OCTETS);
  const first = workload.gateways.length;
  const gateways = Array.from({ length: random.whole(...members) }, (_, index): WorkloadGateway => ({
    kind: 'internet_gateway',
    number: first + index,
    pair,
    flaw: null,
    vrfConfigOctets,
  }));
  const all = (kind: 'create' | 'cancel' | 'new version', from: number): readonly WorkloadAction[] =>
    gateways.map((_, index) => ({ at: from + random.whole(0, TOGETHER_MS), kind, gateway: first + index }));
  const began = random.whole(0, spanMs);
  const end = random.pick(['none', 'none', 'cancel', 'new version'] as const);
  const actions = [
    ...workload.actions,
    ...all('create', began),
    ...(end === 'none' ? [] : all(end, began + TOGETHER_MS + random.whole(0, spanMs))),
  ];
  return {
    gateways: [...workload.gateways, ...gateways],
    actions: actions.sort((one, other) => one.at - other.at),
  };
}

export function largeMembersOf({ gateways }: Workload): readonly WorkloadGateway[] {
  return gateways.filter(({ vrfConfigOctets }) => vrfConfigOctets !== undefined);
}

/** Gives a gateway the `vrf_config` that the workload says. */
export function enlarge(test: TestGateway, gateway: WorkloadGateway): void {
  if (gateway.vrfConfigOctets !== undefined)
    test.neighbour('internet_service').body['vrf_config'] = vrfConfigOf(gateway);
}

/** Neighbours with long descriptions: few long statements cost a router less than many short ones. */
export function vrfConfigOf({ number, vrfConfigOctets = 0 }: WorkloadGateway): string {
  const neighbours = Array.from({ length: Math.floor(vrfConfigOctets / DESCRIPTION_OCTETS) }, (_, index) => {
    const words = `${number}-${index}-`;
    return `neighbor 192.0.2.${index + 1} { description ${words.padEnd(DESCRIPTION_OCTETS, 'x')}; }\n`;
  });
  return `protocols { bgp { group customers {\n${neighbours.join('')}} } }\n`;
}
