/** What format 1 of a kind does not have. Programs that know only format 1 refuse a kind of format 2 by its number. */
import type { AnyKind, JobTemplate, Mapping, MonitorRule } from '../gateway/kind.ts';
import { ROLES } from '../gateway/resource.ts';
import type { FieldRule } from '../gateway/resource.ts';
import { firstTypes } from './record-schema.ts';
import { under, wrong, type Location } from './shape.ts';

const ofRule = new Set(['type', 'required', 'refersTo', 'secret', 'restrictedBy']);
const ofMonitor = new Set(['name', 'interface', 'counters']);
const types = new Set<FieldRule['type']>(firstTypes);

/** Throws a `KindError` if the file uses something of format 2, and does not say that it has format 2. The error names what the file uses. */
export function checkFormat(kind: AnyKind, place: Location): void {
  if (kind.format === 2) return;
  const [found] = newIn(kind);
  if (found !== undefined) throw wrong(under(place, 'format'), `2, because of ${found}`, 'format 1, or none');
}

/** The places of a kind that format 1 does not have. */
function newIn(kind: AnyKind): readonly string[] {
  if ('variants' in kind) return ['variants'];
  const { provisioning, monitoring, monitors, routers } = kind;
  const rules = Object.entries(kind.schema.fields).filter(([, rule]) => isNewRule(rule));
  return [
    ...rules.map(([name]) => `schema.fields.${name}`),
    ...newInJob(provisioning, 'provisioning', 'heat_worker'),
    ...(monitoring === undefined
      ? ['one job only']
      : newInJob(monitoring, 'monitoring', 'monitoring_worker')),
    ...monitors.flatMap((monitor, at) => (isNewMonitor(monitor) ? [`monitors[${at}]`] : [])),
    ...(ROLES.some((role) => hasBraces(routers[role])) ? ['routers'] : []),
  ];
}

function newInJob(
  { handler, onFailure, mappings }: JobTemplate,
  job: string,
  usual: string,
): readonly string[] {
  const changed = Object.entries(mappings).filter(([, mapping]) => isNewMapping(mapping));
  return [
    ...(handler === usual ? [] : [`${job}.handler`]),
    ...(onFailure === undefined ? [] : [`${job}.onFailure`]),
    ...changed.map(([name]) => `${job}.mappings.${name}`),
  ];
}

const isNewRule = (rule: FieldRule): boolean =>
  !types.has(rule.type) || Object.keys(rule).some((part) => !ofRule.has(part));

/** In format 1 a monitor's name has no braces. */
const isNewMonitor = (monitor: MonitorRule): boolean =>
  monitor.name.includes('{') || Object.keys(monitor).some((part) => !ofMonitor.has(part));

function isNewMapping(mapping: Mapping): boolean {
  if ('concat' in mapping) return mapping.concat.some(isNewMapping);
  if ('path' in mapping && mapping.path !== undefined && hasBraces(mapping.path)) return true;
  return !['field', 'constant', 'field path'].includes(Object.keys(mapping).sort().join(' '));
}

const hasBraces = (path: readonly string[]): boolean => path.some((hop) => hop.includes('{'));
