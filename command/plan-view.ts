import { secondsText } from '../gateway/display.ts';
import type { Parameter } from '../gateway/kind.ts';
import type { Policy } from '../gateway/policies.ts';
import { ROLES } from '../gateway/resource.ts';
import { parse } from '../junos/parse.ts';
import { vrrpTimers } from '../junos/vrrp.ts';
import { MASK, type MaskedPlan, type MaskedRouter } from './masked-plan.ts';
import { printable, printableLines } from './printable.ts';
import { timersVerdict } from './routers-check/vrrp.ts';
import { drawn, type Line, type Look } from './style.ts';
import { wrapped } from './wrapped.ts';

/** A plan for a person: parameters with the resources they were read through, each router's configuration, and the limits of VRRP. */
export function planLines(
  plan: MaskedPlan & { readonly kind: 'planned' },
  policy: Policy,
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
    ...vrrpLines(plan, policy),
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
  const { name, id, create, arrange, remove, owns } = router;
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

/** What decides how long VRRP may take. No router is contacted: of their timers only those in the rendered text are known. */
function vrrpLines({ gateway, routers }: MaskedPlan & { readonly kind: 'planned' }, policy: Policy): Line[] {
  const [least, most] = [secondsText(policy.vrrpLimitMs), secondsText(policy.vrrpMaxMs)];
  const limits =
    `The routers' timers decide how long VRRP may take. They are read before the commit: it is waited for at least ${least} ` +
    `("vrrpLimitMs") and at most ${most} ("vrrpMaxMs"). A gateway that needs more is refused, and nothing is committed.`;
  return [
    ...heading('VRRP'),
    ...indented(2, limits),
    ...ROLES.flatMap((role): Line[] => {
      const { id, name, create, monitors } = routers[role];
      const { resourceType, resourceId } = gateway;
      return [
        [['cyan', `  ${role}: ${printable(name)}`]],
        ...indented(4, `in the text above: ${timersIn(create, monitors, policy)}`),
        ...indented(4, 'on the router:'),
        // In two lines that a shell takes as one.
        [['plain', `      gateway-saga routers check ${printable(id)} \\`]],
        [['plain', `        --for ${printable(resourceType)} ${printable(resourceId)}`]],
      ];
    }),
  ];
}

function timersIn(create: string, monitors: MaskedRouter['monitors'], policy: Policy): string {
  const tree = parse(create);
  const groups = monitors.flatMap(({ interface: name }) =>
    name === undefined ? [] : vrrpTimers(tree, name),
  );
  return groups.length === 0
    ? 'no VRRP group; the unit may inherit one from the groups that it applies'
    : printable(timersVerdict(groups, policy).text);
}

/** Text of at most 80 columns, with so many blanks before each line. */
function indented(blanks: number, text: string): Line[] {
  return wrapped(text, 80 - blanks).map((line) => [['plain', `${' '.repeat(blanks)}${line}`]]);
}

function block(title: string, content: readonly string[]): Line[] {
  if (content.length === 0) return [];
  const lines = content.map((line): Line => [['plain', `    ${line}`]]);
  return [[['cyan', `  ${title}`]], ...lines];
}

function heading(text: string): Line[] {
  return [[['plain', '']], [['bold', text]]];
}
