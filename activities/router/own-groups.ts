/**
 * Which VRRP groups of a unit are a gateway's own. Others write groups into the same unit: the address of a customer's network, with its
 * group, belongs to another resource, which looks at it by itself.
 */
import type { RouterConfiguration } from '../../gateway/kind.ts';
import { parse } from '../../junos/parse.ts';
import { paths, within } from '../../junos/select.ts';
import type { Path } from '../../junos/tree.ts';
import { unitPath } from '../../junos/vrrp.ts';
import type { VrrpTimers } from '../../junos/vrrp.ts';

/** A group of a unit's effective configuration. */
export interface ConfiguredGroup extends VrrpTimers {
  /** Whether the unit's own statements make it. `false`: it is inherited from a configuration group, with or without local changes. */
  readonly isWritten: boolean;
}

/**
 * `effective`: with all that is inherited. `written`: without. A written group without a virtual address could not run by itself, so it counts as
 * inherited.
 */
export function configuredGroups(
  effective: readonly VrrpTimers[],
  written: readonly VrrpTimers[],
): readonly ConfiguredGroup[] {
  const whole = new Set(written.flatMap((one) => (one.virtualAddresses.length > 0 ? [keyOf(one)] : [])));
  return effective.map((one) => ({ ...one, isWritten: whole.has(keyOf(one)) }));
}

/**
 * Whether a group of this unit is the gateway's own: its text configures the group, or the group is inherited and the gateway owns the unit
 * or applies a configuration group there.
 */
export function isOwn(gateway: Owner, unit: string, group: ConfiguredGroup): boolean {
  const { written, inheriting } = ownOf(gateway);
  if (written.has(`${unit} ${keyOf(group)}`)) return true;
  const path = unitPath(unit);
  return !group.isWritten && inheriting.some((place) => within(path, place));
}

type Owner = Pick<RouterConfiguration, 'create' | 'owns'>;

interface Own {
  /** The groups in the gateway's text: `ae0.1025 192.0.2.2/24 vrrp-group 10`. */
  readonly written: ReadonlySet<string>;
  /** The places where every inherited group is the gateway's own. */
  readonly inheriting: readonly Path[];
}

/** Each look judges the same gateways: their texts are read once. */
const known = new WeakMap<Owner, Own>();

function ownOf(gateway: Owner): Own {
  const own = known.get(gateway) ?? readOwn(gateway);
  known.set(gateway, own);
  return own;
}

function readOwn({ create, owns }: Owner): Own {
  const all = paths(parse(create)).filter(([top]) => top === 'interfaces');
  const groups = all.flatMap(([, port, , unit, , , keyword, address, group, number]) =>
    keyword === 'address' && (group === 'vrrp-group' || group === 'vrrp-inet6-group')
      ? [`${port}.${unit} ${address} ${group} ${number}`]
      : [],
  );
  const applied = all.flatMap((path) =>
    path[4] === 'apply-groups' && path[2] === 'unit' ? [path.slice(0, 4)] : [],
  );
  return { written: new Set(groups), inheriting: [...owns, ...applied] };
}

/** Tells the groups of a unit apart: `192.0.2.2/24 vrrp-group 10`. */
export function keyOf({ address, name }: Pick<VrrpTimers, 'address' | 'name'>): string {
  return `${address} ${name}`;
}
