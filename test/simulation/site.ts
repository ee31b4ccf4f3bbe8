/** A router of a run, with what is known of it from outside. */
import { edgeRouterConfig } from '../../simulator/device/base-config.ts';
import type { Clock } from '../../simulator/device/clock.ts';
import { createDevice } from '../../simulator/device/create.ts';
import type { Device } from '../../simulator/device/device.ts';
import type { DeviceOptionsInput } from '../../simulator/device/options.ts';
import type { TapeEntry } from '../../simulator/device/tape.ts';
import type { RouterEvidence } from '../chaos/evidence.ts';
import type { Workload } from '../chaos/workload.ts';
import type { SimulatedRouter } from './gateways.ts';
import { OPERATOR } from './operator.ts';

const ROUTER_MS = [1, 8] as const;

export interface Site {
  readonly record: SimulatedRouter;
  readonly device: Device;
  readonly base: string;
  readonly tape: TapeEntry[];
  /** Statements that operators committed for good, and those that they committed on trial. */
  readonly operators: string[];
  readonly onTrial: string[];
  isReachable: boolean;
  delayMs: readonly [number, number];
}

export interface SiteDependencies {
  readonly record: SimulatedRouter;
  readonly clock: Clock;
  readonly options: DeviceOptionsInput;
  /** Statements of each VRRP group. */
  readonly vrrpTimers: string;
  /** Puts the flaws of its gateways on the router. */
  readonly workload: Workload;
  /** How long a message to or from the router takes, in ms. */
  readonly delayMs?: readonly [number, number];
  readonly tell: (words: string) => void;
}

export function siteOf({
  record,
  clock,
  options,
  vrrpTimers,
  workload,
  delayMs = ROUTER_MS,
  tell,
}: SiteDependencies): Site {
  const role = record.name === 'B' ? 'secondary' : 'primary';
  const conflicts = workload.gateways.filter((one) => one.flaw === 'conflict' && one.pair[0] === record.name);
  const extra = conflicts.map(
    ({ number }) =>
      `interfaces { ae0 { unit ${1025 + number} { description theirs; vlan-id ${1025 + number}; } } }\n`,
  );
  const device = createDevice({
    name: record.name,
    config: edgeRouterConfig({ hostName: record.name, role, vrrpTimers }) + extra.join(''),
    clock,
    users: [
      { name: record.username, permission: 'super-user' },
      { name: OPERATOR, permission: 'super-user' },
    ],
    options,
  });
  for (const { flaw, number, pair: roles } of workload.gateways) {
    if (!roles.includes(record.name)) continue;
    const unit = `ae0.${1025 + number}`;
    if (flaw === 'vrrp down') device.holdVrrpDown(unit, true);
    if (flaw === 'vrrp isolated') device.isolateVrrp(unit, true);
  }
  const site: Site = {
    record,
    device,
    base: device.running(),
    tape: [],
    operators: [],
    onTrial: [],
    isReachable: true,
    delayMs,
  };
  device.onEvent((entry) => {
    site.tape.push(entry);
    tell(`router ${record.name}: ${wordsOf(entry)}`);
  });
  return site;
}

/** The evidence that a router leaves. */
export function witnessOf({ record, device, base, tape, operators, onTrial }: Site): RouterEvidence {
  return {
    id: record.id,
    name: record.name,
    ourUser: record.username,
    base,
    tape,
    end: device.inspect(),
    operators: [...operators, ...onTrial.filter((line) => stands(line, device.running()))],
  };
}

/** Whether an operator's statement stands. It is found by the description of its unit, which no other unit has. */
function stands(line: string, running: string): boolean {
  return running.includes(`description ${line.split(' ').at(-1)};`);
}

function wordsOf(entry: TapeEntry): string {
  const { at: _, ...rest } = entry;
  return JSON.stringify(rest, (key, value: unknown) => (key === 'config' ? undefined : value));
}
