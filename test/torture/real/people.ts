/** What people do in a run: those who ask for gateways, and operators at the routers. Who finds a server away tries again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayClient } from '../../../client/index.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { EtcdClient } from '../../../etcd/client.ts';
import { recordOf } from '../../world/records.ts';
import type { TestGateway } from '../../world/records.ts';
import type { Action, RouterName, Workload } from '../workload.ts';
import type { Cast } from './cast.ts';
import type { Routers } from './routers.ts';
import type { OperatorDeed } from './routers-messages.ts';
import type { Site } from './site.ts';

/** A creation is asked for until Temporal knows of it; anything else is given up. */
const STUBBORN_MS = 60_000;
const PATIENT_MS = 4_000;
const AGAIN_MS = 300;

export interface Stage {
  readonly site: Site;
  readonly cast: Cast;
  readonly routers: Routers;
  /** Writes a line into the run's log. */
  readonly say: (line: string) => void;
}

export class People {
  /** What operators committed for good, by router. */
  readonly committed: Readonly<Record<RouterName, string[]>> = { A: [], B: [], C: [] };
  /** What they tried: there to stay only if somebody has confirmed it. */
  readonly tried: Readonly<Record<RouterName, string[]>> = { A: [], B: [], C: [] };
  private readonly stage: Stage;
  private statements = 0;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Resolves when all of it is done, or was given up. */
  async perform({ actions }: Workload): Promise<void> {
    await Promise.all(
      actions.map(async (action) => {
        await sleep(action.at);
        await this.act(action);
      }),
    );
  }

  create(gateway: TestGateway): Promise<void> {
    const { client } = this.stage.site;
    return this.tries(`create ${workflowIdOf(gateway)}`, STUBBORN_MS, () => ask(client, gateway));
  }

  /** As the handbook says: whose workflow was terminated before anybody else knew of it has no end yet, and is started again. */
  async startAgain({ actions }: Workload): Promise<void> {
    const { site, cast } = this.stage;
    const terminated = new Set(
      actions.flatMap((action) => (action.kind === 'terminate' ? [action.gateway] : [])),
    );
    for (const gateway of [...terminated].flatMap((index) => cast.gateways[index] ?? [])) {
      const state = await site.store.state(gateway);
      if ((state?.version ?? 0) < gateway.gateway.version) await this.create(gateway);
    }
  }

  private async act(action: Action): Promise<void> {
    switch (action.kind) {
      case 'hold':
        return this.hold(action.router, action.ms);
      case 'operator locks':
        return this.operate(action.router, { kind: 'locks', ms: action.ms });
      case 'operator edits':
        return this.operate(action.router, { kind: 'edits', ms: action.ms, statement: this.statement() });
      case 'operator commits':
        return this.operate(action.router, { kind: 'commits', statement: this.statement() });
      case 'operator checks':
        return this.operate(action.router, { kind: 'checks' });
      case 'operator tries': {
        const { ms, confirms } = action;
        const statement = this.statement();
        this.tried[action.router].push(statement);
        return this.operate(action.router, { kind: 'tries', ms, confirms, statement });
      }
      default:
        return this.ask(action);
    }
  }

  private async ask(action: Extract<Action, { readonly gateway: number }>): Promise<void> {
    const { site, cast } = this.stage;
    const gateway = cast.gateways[action.gateway];
    if (!gateway) throw new RangeError(`no gateway ${action.gateway}`);
    const id = workflowIdOf(gateway);
    switch (action.kind) {
      case 'create':
      case 'start again':
        return this.create(gateway);
      case 'new version':
        gateway.gateway.version += 1;
        await this.tries(`version ${gateway.gateway.version} of ${id}`, STUBBORN_MS, () =>
          writeRecords(site.etcd, [recordOf(gateway.gateway)]),
        );
        return this.create(gateway);
      case 'remove record':
        return this.tries(`remove the record of ${id}`, PATIENT_MS, () =>
          remove(site.etcd, KEYS.gatewayConfig(gateway)),
        );
      case 'cancel':
        return this.tries(`cancel ${id}`, PATIENT_MS, async () =>
          (await site.client.find(gateway))?.cancel(),
        );
      case 'terminate':
        return this.tries(`terminate ${id}`, PATIENT_MS, async () => {
          if ((await site.client.status(gateway)).kind === 'running')
            await site.temporal.workflow.getHandle(id).terminate('by somebody');
        });
      default:
        action satisfies never;
    }
  }

  private async hold(router: RouterName, ms: number): Promise<void> {
    const { id } = this.stage.cast.routers[router];
    const { store } = this.stage.site;
    await this.tries(`hold ${router}`, PATIENT_MS, () =>
      store.holdRouter(id, { reason: 'a new card', since: new Date().toISOString() }),
    );
    await sleep(ms);
    await this.tries(`release ${router}`, STUBBORN_MS, () => store.releaseRouter(id));
  }

  private async operate(router: RouterName, deed: OperatorDeed): Promise<void> {
    await this.tries(`operator ${deed.kind} on ${router}`, PATIENT_MS, async () => {
      this.committed[router].push(...(await this.stage.routers.order({ kind: 'operate', router, deed })));
    });
  }

  /** Each its own. */
  private statement(): string {
    this.statements += 1;
    return `set interfaces ge-0/0/1 unit ${3000 + this.statements} description operator-${this.statements}`;
  }

  private async tries(what: string, patienceMs: number, act: () => Promise<unknown>): Promise<void> {
    const until = Date.now() + patienceMs;
    for (;;) {
      this.stage.say(`people: ${what}`);
      try {
        await act();
        this.stage.say(`people: done: ${what}`);
        return;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.stage.say(`people: ${what}: ${reason.split('\n')[0] ?? ''}`);
        if (Date.now() > until) return;
        await sleep(AGAIN_MS);
      }
    }
  }
}

async function ask(client: GatewayClient, { resourceType, resourceId }: TestGateway): Promise<void> {
  await client.create({ resourceType, resourceId });
}

async function remove(endpoints: readonly string[], key: string): Promise<void> {
  const etcd = new EtcdClient({ endpoints, deadlineMs: 2_000 });
  try {
    const { kind } = await etcd.write('remove', { unchanged: [], put: [], remove: [key] });
    if (kind !== 'applied') throw new Error(`etcd did not remove it: ${kind}`);
  } finally {
    etcd.close();
  }
}
