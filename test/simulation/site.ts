/** A router of a run, with what is known of it from outside. */
import { edgeRouterConfig } from '../../simulator/device/base-config.ts';
import type { Clock } from '../../simulator/device/clock.ts';
import { createDevice } from '../../simulator/device/create.ts';
import type { Device } from '../../simulator/device/device.ts';
import type { DeviceOptionsInput } from '../../simulator/device/options.ts';
import type { TapeEntry } from '../../simulator/device/tape.ts';
import type { RouterEvidence } from '../chaos/evidence.ts';
import type { Workload } from '../chaos/workload.ts';
import type { RouterRecord } from './gateways.ts';
import { OPERATOR } from './operator.ts';

const ROUTER_MS = [1, 8] as const;

export interface Site {
  readonly record: RouterRecord;
  readonly device: Device;
  readonly base: string;
  readonly tape: TapeEntry[];
  /** Statements of operators that are there to stay, and those that may have fallen back. */
  readonly operators: string[];
  readonly tried: string[];
  isReachable: boolean;
  delayMs: readonly [number, number];
}

export interface SiteWay {
  readonly record: RouterRecord;
  readonly clock: Clock;
  readonly options: DeviceOptionsInput;
  /** What dooms its gateways is on the router. */
  readonly workload: Workload;
  /** How long a message to or from it takes. */
  readonly delayMs?: readonly [number, number];
  readonly tell: (words: string) => void;
}

export function siteOf({ record, clock, options, workload, delayMs = ROUTER_MS, tell }: SiteWay): Site {
  const role = record.name === 'B' ? 'secondary' : 'primary';
  const conflicts = workload.gateways.filter((one) => one.doom === 'conflict' && one.pair[0] === record.name);
  const extra = conflicts.map(
    ({ number }) =>
      `interfaces { ae0 { unit ${1025 + number} { description theirs; vlan-id ${1025 + number}; } } }\n`,
  );
  const device = createDevice({
    name: record.name,
    config: edgeRouterConfig({ hostName: record.name, role }) + extra.join(''),
    clock,
    users: [
      { name: record.username, permission: 'super-user' },
      { name: OPERATOR, permission: 'super-user' },
    ],
    options,
  });
  for (const { doom, number, pair: roles } of workload.gateways)
    if (doom === 'vrrp down' && roles.includes(record.name))
      device.holdVrrpDown(`ae0.${1025 + number}`, true);
  const site: Site = {
    record,
    device,
    base: device.running(),
    tape: [],
    operators: [],
    tried: [],
    isReachable: true,
    delayMs,
  };
  device.onEvent((entry) => {
    site.tape.push(entry);
    tell(`router ${record.name}: ${wordsOf(entry)}`);
  });
  return site;
}

/** What it leaves behind. */
export function witnessOf({ record, device, base, tape, operators, tried }: Site): RouterEvidence {
  return {
    id: record.id,
    name: record.name,
    ourUser: record.username,
    base,
    tape,
    end: device.inspect(),
    operators: [...operators, ...tried.filter((line) => stands(line, device.running()))],
  };
}

/** By the description of its unit, which is its own. */
function stands(line: string, running: string): boolean {
  return running.includes(`description ${line.split(' ').at(-1)};`);
}

function wordsOf(entry: TapeEntry): string {
  const { at: _, ...rest } = entry;
  return JSON.stringify(rest, (key, value: unknown) => (key === 'config' ? undefined : value));
}
