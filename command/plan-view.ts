import type { Parameter } from '../gateway/kind.ts';
import { ROLES } from '../gateway/resource.ts';
import { parse } from '../junos/parse.ts';
import { untilMasterText, vrrpTimers } from '../junos/vrrp.ts';
import { MASK, type MaskedPlan, type MaskedRouter } from './masked-plan.ts';
import { printable, printableLines } from './printable.ts';
import { drawn, type Line, type Look } from './style.ts';

/** A plan for a person: parameters with the resources they were read through, then each router's configuration. */
export function planLines(
  plan: MaskedPlan & { readonly kind: 'planned' },
  { color, ascii = false }: Omit<Look, 'columns'>,
): string[] {
  const { gateway, templates, parameters, routers } = plan;
  const lines: Line[] = [
    [
      ['bold', `${gateway.resourceType} ${gateway.resourceId}`],
      ['plain', ` version ${gateway.version}`],
    ],
    [['dim', `templates from ${templates.source}, ${templates.digest}`]],
    ...(templates.leftAlone ?? []).map((id): Line => [
      [
        'yellow',
        `heat template ${printable(id)} in etcd was not published by gateway-saga: it is left alone`,
      ],
    ]),
    ...parameterLines('provisioning', parameters.provisioning),
    ...parameterLines('monitoring', parameters.monitoring),
    ...ROLES.flatMap((role) => routerLines(role, routers[role])),
  ];
  return lines.map((line) => drawn(line, { color, ascii }).trimEnd());
}

function parameterLines(job: string, parameters: readonly Parameter[]): Line[] {
  const names = Math.max(0, ...parameters.map(({ name }) => name.length));
  const values = Math.min(40, Math.max(0, ...parameters.map((parameter) => shown(parameter).length)));
  return [
    ...heading(`parameters of ${job} (${parameters.length})`),
    ...parameters.map((parameter): Line => [
      ['plain', `  ${printable(parameter.name).padEnd(names)}  ${shown(parameter).padEnd(values)}`],
      ['dim', walk(parameter)],
    ]),
  ];
}

function shown({ value, secret }: Parameter): string {
  return secret ? MASK : printable(JSON.stringify(value));
}

function walk({ resources }: Parameter): string {
  if (resources.length === 0) return '';
  const steps = resources.map(({ resource_type, resource_id }) => `${resource_type} ${resource_id}`);
  return `  from ${printable(steps.join(' → '))}`;
}

function routerLines(role: string, router: MaskedRouter): Line[] {
  const { name, id, create, arrange, remove, owns, monitors } = router;
  return [
    ...heading(`${role}: ${printable(name)} (${printable(id)})`),
    ...block('merges', printableLines(create.trimEnd())),
    ...block('then', arrange),
    ...block(
      'owns',
      owns.map((words) => words.join(' ')),
    ),
    ...block('is reverted by', remove),
    ...block('VRRP, by this text alone', vrrpOf(create, monitors)),
  ];
}

/** How long MASTER may take. The groups are often inherited: then only the router can tell, before the commit. */
function vrrpOf(create: string, monitors: MaskedRouter['monitors']): string[] {
  const tree = parse(create);
  const groups = monitors.flatMap((monitor) =>
    monitor.interface === undefined ? [] : vrrpTimers(tree, monitor.interface),
  );
  if (groups.length > 0) return groups.map((group) => `MASTER after ${untilMasterText(group)}`);
  return ["no group; the router's own timers are read before the commit"];
}

function block(title: string, content: readonly string[]): Line[] {
  if (content.length === 0) return [];
  const lines = content.map((line): Line => [['plain', `    ${line}`]]);
  return [[['cyan', `  ${title}`]], ...lines];
}

function heading(text: string): Line[] {
  return [[['plain', '']], [['bold', text]]];
}
