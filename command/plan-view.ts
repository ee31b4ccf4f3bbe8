import { secondsText } from '../gateway/display.ts';
import type { Action } from '../gateway/change.ts';
import type { Parameter } from '../gateway/kind.ts';
import type { Policy } from '../gateway/policies.ts';
import { ROLES } from '../gateway/resource.ts';
import { parse } from '../junos/parse.ts';
import { vrrpTimers } from '../junos/vrrp.ts';
import { changesRouters, MASK, type MaskedPlan, type MaskedRouter } from './masked-plan.ts';
import type { PlanDifference } from './plan-difference.ts';
import { printable, printableLines } from './printable.ts';
import { timersResult } from './routers-check/vrrp.ts';
import { drawn, type Line, type DrawOptions, type Style } from './style.ts';
import { padded, widthOf, wrapped } from './width.ts';

/** A plan for a person: the action, parameters with the resources they were read through, what changes on each router, and the limits of VRRP. */
export function planLines(
  plan: MaskedPlan & { readonly kind: 'planned' },
  policy: Policy,
  { color, ascii = false }: Omit<DrawOptions, 'columns'>,
): string[] {
  const { gateway, templates, parameters, routers } = plan;
  const lines: Line[] = [
    [
      ['bold', `${gateway.resourceType} ${gateway.resourceId}`],
      ['plain', ` version ${gateway.version}`],
    ],
    [['plain', actionText(plan)]],
    ...(changesRouters(plan) ? [] : [[['green', 'nothing changes on either router']] as const]),
    [['dim', `templates from ${templates.source}, ${templates.digest}`]],
    ...(templates.leftAlone ?? []).map((id): Line => [
      [
        'yellow',
        `heat template ${printable(id)} in etcd was not published by gateway-saga: it is left alone`,
      ],
    ]),
    ...parameterLines('provisioning', parameters.provisioning),
    ...parameterLines('monitoring', parameters.monitoring),
    ...ROLES.flatMap((role) => routerLines(role, routers[role], plan.action)),
    // A deletion waits for no VRRP.
    ...(plan.action === 'delete' ? [] : vrrpLines(plan, policy)),
  ];
  return lines.map((line) => drawn(line, { color, ascii }).trimEnd());
}

/** `update: version 1 → 2` */
function actionText({
  action,
  standing,
  gateway: { version },
}: MaskedPlan & { readonly kind: 'planned' }): string {
  switch (action) {
    case 'create':
      return `create: version ${version}; nothing stands`;
    case 'update':
      return `update: version ${standing} → ${version}`;
    case 'delete':
      return `delete: version ${standing} goes; version ${version} is marked for deletion`;
  }
}

function parameterLines(job: string, parameters: readonly Parameter[]): Line[] {
  const names = Math.max(0, ...parameters.map(({ name }) => name.length));
  const values = Math.min(40, Math.max(0, ...parameters.map((parameter) => widthOf(shown(parameter)))));
  return [
    ...heading(`parameters of ${job} (${parameters.length})`),
    ...parameters.map((parameter): Line => [
      ['plain', `  ${printable(parameter.name).padEnd(names)}  ${padded(shown(parameter), values)}`],
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

/** A creation shows the text that is merged, because all of it is new. An update and a deletion show statements against what stands. */
function routerLines(role: string, router: MaskedRouter, action: Action): Line[] {
  const { name, id, create, arrange, remove, owns } = router;
  const owned = block(
    'owns',
    owns.map((words) => words.join(' ')),
  );
  return [
    ...heading(`${role}: ${printable(name)} (${printable(id)})`),
    ...(action === 'create'
      ? [
          ...block('merges', printableLines(create.trimEnd())),
          ...block('then', arrange),
          ...owned,
          ...block('is reverted by', remove),
        ]
      : [...differenceLines(router.difference), ...owned]),
  ];
}

/** As a router shows differences: `-` goes, `+` comes, `!` gets another place. */
function differenceLines({ removed, added, moved, unchanged }: PlanDifference): Line[] {
  const marked = (style: Style, mark: string, texts: readonly string[]): Line[] =>
    texts.map((text) => [[style, `    ${mark} ${printable(text)}`]]);
  const isNone = removed.length + added.length + moved.length === 0;
  const rest = `${isNone ? 'none; ' : ''}${unchanged} ${unchanged === 1 ? 'statement' : 'statements'} unchanged`;
  return [
    [['cyan', '  changes']],
    ...marked('red', '-', removed),
    ...marked('green', '+', added),
    ...marked('yellow', '!', moved),
    ...(isNone || unchanged > 0 ? [[['dim', `    ${rest}`]] as const] : []),
  ];
}

/** What decides how long VRRP may take. No router is contacted, so only the timers in the rendered text are known. */
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
        // One command in two lines, which a shell takes as one line.
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
    : printable(timersResult(groups, policy).text);
}

/** Text of at most 80 columns, with `blanks` blanks before each line. */
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
