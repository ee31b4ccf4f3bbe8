import { preparePlan } from '../activities/saga/planner.ts';
import type { Policy } from '../gateway/policies.ts';
import { validCreateRequest } from '../client/request.ts';
import { openStore } from '../etcd/store.ts';
import { loadKinds } from '../templates/load.ts';
import { ETCD_HELP } from './environment-help.ts';
import { etcdOptions } from './etcd-options.ts';
import { EXIT, type CommandIo } from './io.ts';
import { masked, type MaskedPlan } from './masked-plan.ts';
import { planLines } from './plan-view.ts';
import { printable } from './printable.ts';
import { lookOf } from './style.ts';
import { parseUsage, wholeNumber } from './usage.ts';
import { policyFrom } from './worker-options.ts';

export const HELP = `Usage: gateway-saga plan TYPE ID [options]

Shows what a creation would do, and does nothing: each parameter with the resources through which it was read,
the configuration of each router, and how long VRRP may take. Contacts no router. Secrets are shown as ••••••.

  TYPE, ID         as in etcd: /config/v2.0/TYPEs/ID
  --version N      version of the configuration (default: the current one)
  --templates DIR  the kinds of gateways, where none are published in etcd (default: those of this program)
  --policy FILE    the policy of the workers, for the limits of VRRP (default: that of GATEWAY_SAGA_POLICY, else the built-in one)
  --json           one JSON document: {"kind":"planned"|"settled"|"invalid"|"refused",…}
  --help           shows this

Exit code: 0 planned, or settled before; 1 invalid or refused; 2 not understood.

Examples:
  gateway-saga plan vpn_gateway 4fab887d-8f73-40e6-b2d8-2426255231bf
  gateway-saga plan internet_gateway 429e24b5-a2f0-4fb8-b467-e335857e9476 --json | jq -r .kind

${ETCD_HELP}`;

const OPTIONS = {
  version: { type: 'string' },
  templates: { type: 'string' },
  policy: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseUsage(argv, OPTIONS, ['TYPE', 'ID']);
  const [resourceType, resourceId] = positionals;
  const version = wholeNumber('--version', values.version);
  const request = validCreateRequest({ resourceType, resourceId, ...(version !== undefined && { version }) });
  const options = etcdOptions(io.env);
  const policy = policyFrom(values.policy, io.env);
  const kinds = await loadKinds(values.templates || io.env.GATEWAY_SAGA_TEMPLATES || undefined);
  const store = openStore(options);
  try {
    const plan = masked(await preparePlan({ store, kinds }, request));
    if (values.json) io.stdout.write(`${JSON.stringify(plan)}\n`);
    else tell(plan, policy, io);
    return plan.kind === 'invalid' || plan.kind === 'refused' ? EXIT.otherwise : EXIT.ok;
  } finally {
    store.close();
  }
}

function tell(plan: MaskedPlan, policy: Policy, io: CommandIo): void {
  switch (plan.kind) {
    case 'planned': {
      const look = lookOf(io.stdout, io.env);
      for (const line of planLines(plan, policy, look)) io.stdout.write(`${line}\n`);
      return;
    }
    case 'ended': {
      const { gateway, workerState, error } = plan;
      const reason = error === '' ? '' : ` (${printable(error)})`;
      io.stdout.write(
        `version ${gateway.version} has ended as ${printable(workerState)}${reason}: a creation would touch nothing\n`,
      );
      return;
    }
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
