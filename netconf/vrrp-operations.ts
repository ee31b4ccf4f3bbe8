/** The state of VRRP. Described in Juniper's "Junos XML API Operational Developer Reference". */
import { assertNoErrors, saysNothingRuns, unexpectedReply, type Operation } from './operation.ts';
import { child, descendants, firstOf, textAt, xml, type XmlElement } from './xml.ts';

/** A VRRP group on one interface. */
export interface VrrpGroup {
  /** `ae0.1025`. */
  readonly interface: string;
  readonly interfaceState: string;
  readonly group: number;
  /** `master`, `backup`, `init`, `idle`, `bringup`, `transition`. */
  readonly state: string;
  /** `Active`, … */
  readonly mode?: string;
  readonly virtualAddresses: readonly string[];
}

/** `<get-vrrp-interface-information>`: the VRRP groups on an interface, `ae0.1025`; none if VRRP does not run there. */
export function vrrpInterface(interfaceName: string): Operation<readonly VrrpGroup[]> {
  return vrrp(xml('get-vrrp-interface-information', [xml('interface-name', interfaceName)]));
}

/** `<get-vrrp-information>`: all VRRP groups of the router. */
export function vrrpSummary(): Operation<readonly VrrpGroup[]> {
  return vrrp(xml('get-vrrp-information', [xml('summary')]));
}

function vrrp(request: XmlElement): Operation<readonly VrrpGroup[]> {
  const { name } = request;
  return {
    name,
    request,
    read(reply) {
      assertNoErrors(name, reply, 'vrrp-information');
      // A router with several routing engines may answer for each of them: the first one counts.
      const information = firstOf(reply.body, 'vrrp-information');
      if (information !== undefined) return descendants(information, 'vrrp-interface').flatMap(groupsOf);
      // Where no group is configured, the reply is "vrrp subsystem not running - not needed by configuration", as a warning or as output.
      if (saysNothingRuns(reply)) return [];
      throw unexpectedReply(name, reply, '<vrrp-information>');
    },
  };
}

/** What comes before the state of a group. If one of these comes again, it belongs to the next group. */
const HEADINGS = new Set([
  'interface',
  'vrrp-vlan',
  'physical-interface',
  'unit',
  'interface-state',
  'group',
]);

/** One element may hold several groups, one after the other. What is not said again holds for the next group, too. */
function groupsOf(element: XmlElement): readonly VrrpGroup[] {
  const sections: XmlElement[][] = [[]];
  for (const part of element.children) {
    const section = sections.at(-1) ?? [];
    const has = (name: string) => section.some((earlier) => earlier.name === name);
    if (HEADINGS.has(part.name) && has('group') && has(part.name)) sections.push([part]);
    else section.push(part);
  }
  const groups: VrrpGroup[] = [];
  let interfaceName = '';
  let interfaceState = '';
  for (const children of sections) {
    const section = { ...element, children };
    interfaceName = interfaceOf(section) ?? interfaceName;
    interfaceState = textAt(section, 'interface-state') ?? interfaceState;
    const group = textAt(section, 'group');
    if (group === undefined) continue;
    const mode = textAt(section, 'vrrp-mode');
    groups.push({
      interface: interfaceName,
      interfaceState,
      group: Number(group),
      state: (textAt(section, 'vrrp-state') ?? '').toLowerCase(),
      ...(mode === undefined ? {} : { mode }),
      virtualAddresses: descendants(section, 'virtual-ip-address').map(({ text }) => text),
    });
  }
  return groups;
}

/** Some routers name the interface, others the physical one and the unit. */
function interfaceOf(section: XmlElement): string | undefined {
  const vlan = child(section, 'vrrp-vlan') ?? section;
  const physical = textAt(vlan, 'physical-interface');
  const unit = textAt(vlan, 'unit');
  return textAt(section, 'interface') ?? (unit === undefined ? physical : `${physical}.${unit}`);
}
