import { preparePlan } from '../activities/saga/planner.ts';
import type { Policy } from '../gateway/policies.ts';
import { openStore } from '../etcd/store.ts';
import { ETCD_HELP } from './environment-help.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { kindsIn } from './kinds-folder.ts';
import { changesRouters, masked, type MaskedPlan } from './masked-plan.ts';
import { idsOf, namedGateway } from './named-gateways.ts';
import { planLines } from './plan-view.ts';
import { printable } from './printable.ts';
import { drawOptionsOf } from './style.ts';
import { parseUsage, wholeNumber } from './usage.ts';
import { policyFrom } from './worker-options.ts';

export const HELP = `Usage: gateway-saga plan TYPE ID [options]

Shows what gateway-saga apply would do, and does nothing: the action, each parameter with the resources through
which it was read, what changes on each router against what stands, and how long VRRP may take. What stands is read
from etcd, as it was made; no router is contacted. Secrets are shown as ••••••.

Of a creation it shows the text that is merged. Of an update and a deletion it shows statements: "-" goes, "+" comes,
"!" gets another place; those that stay are counted.

  TYPE, ID         as in etcd: /config/v2.0/TYPEs/ID; a name that no other has in place of the id
  --version N      version of the configuration (default: the current one)
  --templates DIR  the kinds of gateways, where none are published in etcd (default: those of this program)
  --policy FILE    the policy of the workers, for the limits of VRRP (default: that of GATEWAY_SAGA_POLICY, else the built-in one)
  --json           one JSON document: {"kind":"planned"|"ended"|"kept"|"nothing"|"invalid"|"refused",…}; what changes
                   is in .routers.primary.difference and .routers.secondary.difference
  --detailed-exitcode  tells by the exit code whether something would change on a router
  --help           shows this

Exit code: 0 planned, or nothing is to be done; 1 invalid or refused; 2 not understood.
With --detailed-exitcode: 0 nothing would change; 1 invalid or refused; 2 something would change; 3 not understood.

Examples:
  gateway-saga plan vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf
  gateway-saga plan internet_gateway 429e24b5-a2f0-4fb8-b467-e335857e9476 --json | jq -r .kind
  gateway-saga plan vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf --detailed-exitcode > plan.txt

${ETCD_HELP}`;

const DETAILED = 'detailed-exitcode';

export const OPTIONS = {
  version: { type: 'string' },
  templates: { type: 'string' },
  policy: { type: 'string' },
  json: { type: 'boolean', default: false },
  [DETAILED]: { type: 'boolean', default: false },
} as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['TYPE', 'ID']);
  const [resourceType, resourceId] = positionals;
  const version = wholeNumber('--version', values.version);
  const named = { ...namedGateway(resourceType, resourceId), ...(version !== undefined && { version }) };
  const options = etcdOptions(io.env);
  const policy = policyFrom(values.policy, io.env);
  const kinds = await kindsIn(values.templates, io.env);
  const store = openStore(options);
  try {
    const [request = named] = await idsOf(
      [named],
      store,
      new Set([...kinds.keys(), ...kinds.neighbours.keys()]),
    );
    const plan = masked(await preparePlan({ store, kinds }, request));
    if (values.json) io.stdout.write(`${JSON.stringify(plan)}\n`);
    else tell(plan, policy, io);
    if (plan.kind === 'invalid' || plan.kind === 'refused') return EXIT.otherwise;
    return values[DETAILED] && changesRouters(plan) ? EXIT.changes : EXIT.ok;
  } finally {
    store.close();
  }
}

function tell(plan: MaskedPlan, policy: Policy, io: CommandIo): void {
  switch (plan.kind) {
    case 'planned': {
      const drawOptions = drawOptionsOf(io.stdout, io.env);
      for (const line of planLines(plan, policy, drawOptions)) io.stdout.write(`${line}\n`);
      return;
    }
    case 'ended': {
      const { gateway, workerState, error } = plan;
      const reason = error === '' ? '' : ` (${printable(error)})`;
      io.stdout.write(
        `version ${gateway.version} has ended as ${printable(workerState)}${reason}: nothing would be touched\n`,
      );
      return;
    }
    case 'kept':
      io.stdout.write(
        `version ${plan.gateway.version} is permanent on both routers (${plan.action}): only /state would be written\n`,
      );
      return;
    case 'nothing':
      io.stdout.write('nothing of it stands on the routers: only /state would be written\n');
      return;
    case 'invalid':
      io.stderr.write(`invalid: ${printable(plan.reason)}\n`);
      return;
    case 'refused':
      io.stderr.write(`refused (${plan.type}): ${printable(plan.reason)}\n`);
  }
}
