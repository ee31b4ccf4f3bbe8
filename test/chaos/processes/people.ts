/** What people do in a run: they request gateways, and operate routers. What fails because a server is down is repeated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS } from '../../../etcd/keys.ts';
import { messageOf } from '../../../gateway/display.ts';
import { pairIdOf } from '../../../pair/messages.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import { writeRecords } from '../../../local/load-samples.ts';
import { recordOf } from '../../../local/test-gateway.ts';
import type { TestGateway } from '../../../local/test-gateway.ts';
import { askedFor } from '../changes.ts';
import { isLeftToPair } from '../informed-pairs.ts';
import { PAIRS } from '../workload.ts';
import type { WorkloadAction, RouterName, Workload } from '../workload.ts';
import { ChangeGateways } from './change-gateways.ts';
import type { Stage } from './participants.ts';
import { Maintenance } from './maintenance.ts';
import { idsOf, pairRuns } from './pair-runs.ts';
import { removeRecord, writeVersion } from './records.ts';
import { resetTo } from './reset-to.ts';
import type { OperatorAction } from './routers-messages.ts';

/** How long an action is repeated, in ms. A request to create is repeated until Temporal has it; anything else is given up sooner. */
const STUBBORN_MS = 60_000;
const PATIENT_MS = 4_000;
const AGAIN_MS = 300;

export class People {
  /** The statements that operators have committed for good, by router. */
  readonly committed: Readonly<Record<RouterName, string[]>> = { A: [], B: [], C: [] };
  /** The statements that may stand: they were committed on trial, and stay only if somebody has confirmed them; or the answer to their commit was lost. */
  readonly onTrial: Readonly<Record<RouterName, string[]>> = { A: [], B: [], C: [] };
  private readonly stage: Stage;
  private statements = 0;

  private readonly workload: Workload;
  private readonly changes: ChangeGateways;

  constructor(stage: Stage, workload: Workload) {
    this.stage = stage;
    this.workload = workload;
    this.changes = new ChangeGateways(stage, {
      request: (gateway) => this.create(gateway),
      write: (what, act) => this.tries(what, STUBBORN_MS, act),
      removes: (gateway) => this.removeRecord(gateway),
      operate: (router, action) => this.operate(router, action),
    });
  }

  /** Resolves when all of it is done, or was given up. */
  async perform(): Promise<void> {
    const { actions, changes = [] } = this.workload;
    const at = async (ms: number, act: () => Promise<void>): Promise<void> => {
      await sleep(ms);
      await act();
    };
    await Promise.all([
      ...actions.map((action) => at(action.at, () => this.act(action))),
      ...changes.map((change) => at(change.at, () => this.changes.act(change))),
    ]);
  }

  /** Asks for the creation of the gateway, or for whatever else its configuration says. */
  create(gateway: TestGateway): Promise<void> {
    const { client } = this.stage.site;
    const { resourceType, resourceId } = gateway;
    return this.tries(`request ${workflowIdOf(gateway)}`, STUBBORN_MS, () =>
      client[askedFor(gateway.gateway, this.workload.changes !== undefined)]({ resourceType, resourceId }),
    );
  }

  /** As the handbook says: a creation that was terminated before its pair knew of it is started again, with its record. */
  async startAgain(): Promise<void> {
    const { site, participants } = this.stage;
    const ended = this.workload.actions.flatMap((action) =>
      action.kind === 'terminate' || (action.kind === 'reset' && action.whose === 'saga')
        ? [action.gateway]
        : [],
    );
    if (ended.length === 0) return;
    const runs = await pairRuns(this.stage);
    for (const gateway of [...new Set(ended)].flatMap((index) => participants.gateways[index] ?? [])) {
      const plan = await site.store.planRecord(gateway);
      const state = await site.store.state(gateway);
      if (plan === undefined || plan.gateway.version === state?.version) continue;
      if (isLeftToPair(runs, plan.run)) continue;
      await writeRecords(site.etcd, [recordOf(gateway.gateway)]);
      await this.create(gateway);
    }
  }

  /** Starts the gateways that others wait for and nobody works on, because they were terminated or never asked for. An operator would do the same. */
  async startAwaited(): Promise<void> {
    if (this.workload.children === undefined) return;
    const { site, participants } = this.stage;
    for (const gateway of participants.gateways) {
      if ((await site.store.waitersFor(gateway)).length === 0) continue;
      if ((await site.client.status(gateway)).kind === 'running') continue;
      await this.create(gateway);
    }
  }

  /**
   * Ends, once more, each maintenance hold that was begun by an update and should be over: an update may arrive late, or twice. A hold by the command
   * can't arrive late.
   */
  async releaseUpdated(): Promise<void> {
    const { site, participants, say } = this.stage;
    const updated = this.workload.actions.flatMap((action) =>
      action.kind === 'hold' && action.by === 'update' ? [participants.routers[action.router]] : [],
    );
    for (const { id, name } of updated) {
      const hold = await site.store.endMaintenance(id);
      if (hold) say(`people: ${name} was still under a maintenance hold: ${hold.reason}`);
    }
  }

  private async act(action: WorkloadAction): Promise<void> {
    switch (action.kind) {
      case 'hold':
        return this.hold(action);
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
        this.onTrial[action.router].push(statement);
        return this.operate(action.router, { kind: 'tries', ms, confirms, statement });
      }
      default:
        return this.changeGateway(action);
    }
  }

  private async changeGateway(action: Extract<WorkloadAction, { readonly gateway: number }>): Promise<void> {
    const { site, participants } = this.stage;
    const gateway = participants.gateways[action.gateway];
    if (!gateway) throw new RangeError(`no gateway ${action.gateway}`);
    const id = workflowIdOf(gateway);
    switch (action.kind) {
      case 'create':
      case 'start again':
        return this.create(gateway);
      case 'new version': {
        gateway.gateway.version += 1;
        const { version } = gateway.gateway;
        await this.tries(`version ${version} of ${id}`, STUBBORN_MS, () =>
          writeVersion(site.etcd, gateway, version),
        );
        return this.create(gateway);
      }
      case 'remove record':
        return this.removeRecord(gateway);
      case 'cancel':
        return this.tries(`cancel ${id}`, PATIENT_MS, async () =>
          (await site.client.find(gateway))?.cancel(),
        );
      case 'terminate':
        return this.tries(`terminate ${id}`, PATIENT_MS, async () => {
          if ((await site.client.status(gateway)).kind === 'running')
            await site.temporal.workflow.getHandle(id).terminate('by somebody');
        });
      case 'reset': {
        const { pair = PAIRS[0] } = this.workload.gateways[action.gateway] ?? {};
        const whose = action.whose === 'saga' ? id : pairIdOf(idsOf(participants, pair));
        return this.tries(`reset ${whose}`, PATIENT_MS, () => resetTo(site.temporal, whose, action.share));
      }
      default:
        action satisfies never;
    }
  }

  private removeRecord(gateway: TestGateway): Promise<void> {
    return this.tries(`remove the record of ${workflowIdOf(gateway)}`, PATIENT_MS, () =>
      removeRecord(this.stage.site.etcd, KEYS.gatewayConfig(gateway)),
    );
  }

  private async hold({ router, ms, by }: Extract<WorkloadAction, { readonly kind: 'hold' }>): Promise<void> {
    const { site, participants } = this.stage;
    const { id } = participants.routers[router];
    const pair = by === 'update' ? PAIRS.find((names) => names.some((name) => name === router)) : undefined;
    const updates = pair && new Maintenance(site.temporal, pairIdOf(idsOf(participants, pair)));
    const reason = 'a new card';
    await this.tries(`hold ${router} by ${by}`, PATIENT_MS, async () => {
      if (await updates?.hold({ router: id, reason })) return;
      await site.store.beginMaintenance(id, { reason, since: new Date().toISOString() });
    });
    await sleep(ms);
    await this.tries(`release ${router} by ${by}`, STUBBORN_MS, async () => {
      if (await updates?.release({ router: id })) return;
      await site.store.endMaintenance(id);
    });
  }

  private async operate(router: RouterName, action: OperatorAction): Promise<void> {
    // The answer to the commit may be lost, so the statement may stand.
    if (action.kind === 'adds') this.onTrial[router].push(action.statement);
    await this.tries(`operator ${action.kind} on ${router}`, PATIENT_MS, async () => {
      this.committed[router].push(...(await this.stage.routers.order({ kind: 'operate', router, action })));
    });
  }

  /** A statement that no other action has. */
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
        const reason = messageOf(error);
        this.stage.say(`people: ${what}: ${reason.split('\n')[0] ?? ''}`);
        if (Date.now() > until) return;
        await sleep(AGAIN_MS);
      }
    }
  }
}
