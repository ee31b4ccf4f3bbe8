import type { Parameter } from '../gateway/kind.ts';
import { ROLES } from '../gateway/resource.ts';
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

function routerLines(role: string, { name, id, create, arrange, remove, owns }: MaskedRouter): Line[] {
  return [
    ...heading(`${role}: ${printable(name)} (${printable(id)})`),
    ...block('merges', printableLines(create.trimEnd())),
    ...block('then', arrange),
    ...block(
      'owns',
      owns.map((words) => words.join(' ')),
    ),
    ...block('is reverted by', remove),
  ];
}

function block(title: string, content: readonly string[]): Line[] {
  if (content.length === 0) return [];
  const lines = content.map((line): Line => [['plain', `    ${line}`]]);
  return [[['cyan', `  ${title}`]], ...lines];
}

function heading(text: string): Line[] {
  return [[['plain', '']], [['bold', text]]];
}
