/** Carries out what people do in a run. */
import { KEYS } from '../../etcd/keys.ts';
import { recordOf } from '../../local/test-gateway.ts';
import { additionTo, changed } from '../chaos/changes.ts';
import { isSettled, versionIn } from '../chaos/settled.ts';
import type { WorkloadAction, WorkloadChange, RouterName } from '../chaos/workload.ts';
import type { Asking } from './draw-asking.ts';
import type { RequestedGateway } from './gateways.ts';
import { Operator } from './operator.ts';
import type { Asks, Stage } from './stage.ts';

/** How often somebody starts a change that he insists on, at most. */
const MOST_STARTS = 15;
const AGAIN_MS = 60_000;

export class People {
  readonly #world: Stage;
  #busy = 0;
  #lines = 0;
  #additions = 0;

  constructor(world: Stage) {
    this.#world = world;
    const { workload, askings } = world.schedule;
    const { actions, changes = [] } = workload;
    for (const action of [...actions, ...changes, ...askings])
      world.time.clock.after(action.at, () => this.act(action));
  }

  /** Whether somebody is in the middle of something. */
  get isBusy(): boolean {
    return this.#busy > 0;
  }

  /** Carries out an action at once. */
  act(action: WorkloadAction | WorkloadChange | Asking): void {
    void this.#doing(() => this.#do(action));
  }

  async #doing(work: () => Promise<void>): Promise<void> {
    this.#busy += 1;
    try {
      await work();
    } finally {
      this.#busy -= 1;
    }
  }

  async #do(action: WorkloadAction | WorkloadChange | Asking): Promise<void> {
    const world = this.#world;
    const { at: _, ...words } = action;
    world.tell(`people: ${JSON.stringify(words)}`);
    switch (action.kind) {
      case 'create':
      case 'start again':
        return world.create(action.gateway);
      case 'cancel':
        return world.temporal.cancel(this.#gateway(action.gateway).workflowId);
      case 'terminate':
        return world.temporal.terminate(this.#gateway(action.gateway).workflowId);
      case 'reset': {
        const { workflowId, pairId } = this.#gateway(action.gateway);
        return world.temporal.reset(action.whose === 'pair' ? pairId : workflowId, action.share);
      }
      case 'new version': {
        const { test } = this.#gateway(action.gateway);
        test.gateway.version += 1;
        const { key, value } = recordOf(test.gateway);
        world.etcd.put(key, value);
        return world.create(action.gateway);
      }
      case 'change': {
        const { test, first } = this.#gateway(action.gateway);
        for (const record of changed(test, first, action.of)) {
          const { key, value } = recordOf(record);
          world.etcd.put(key, value);
        }
        return action.insists ? this.#untilEnded(action.gateway) : world.create(action.gateway);
      }
      case 'again':
        return world.create(action.gateway, {
          again: true,
          ...(action.without && { owe: this.#owe(action.without) }),
        });
      case 'delete without': {
        const { test, first } = this.#gateway(action.gateway);
        for (const record of changed(test, first, 'deletion')) {
          const { key, value } = recordOf(record);
          world.etcd.put(key, value);
        }
        const owe = this.#owe(action.without);
        return action.insists
          ? this.#untilEnded(action.gateway, { owe })
          : world.create(action.gateway, { owe });
      }
      case 'marked record removed': {
        const { test } = this.#gateway(action.gateway);
        if (test.gateway.markedForDeletion === true) world.etcd.remove(KEYS.gatewayConfig(test));
        return;
      }
      case 'operator adds': {
        const { test } = this.#gateway(action.gateway);
        this.#additions += 1;
        const line = additionTo(test, action.place, this.#additions);
        const told = () => ({
          state: world.etcd.value(KEYS.state(test)),
          plan: world.etcd.value(KEYS.plan(test)),
        });
        return this.#operator(action.router).commits(line, () => isSettled(told(), test.gateway.version));
      }
      case 'remove record':
        return world.etcd.remove(KEYS.gatewayConfig(this.#gateway(action.gateway).test));
      case 'hold': {
        const { id } = world.sites[action.router].record;
        await this.#insist(() =>
          world.store.beginMaintenance(id, { reason: 'maintenance', since: new Date().toISOString() }),
        );
        await world.wait(action.ms);
        await this.#insist(() => world.store.endMaintenance(id));
        return;
      }
      case 'operator locks':
        return this.#operator(action.router).locks(action.ms);
      case 'operator edits':
        return this.#operator(action.router).edits(action.ms, this.#line());
      case 'operator commits':
        return this.#operator(action.router).commits(this.#line());
      case 'operator checks':
        return this.#operator(action.router).checks();
      case 'operator tries':
        return this.#operator(action.router).tries(action.ms, action.confirms, this.#line());
    }
  }

  /** Starts the change again until its version has ended, as long as that version is the newest one. */
  async #untilEnded(index: number, asks: Asks = {}): Promise<void> {
    const { test } = this.#gateway(index);
    const { version } = test.gateway;
    const { etcd } = this.#world;
    const isDue = () =>
      test.gateway.version === version && versionIn(etcd.value(KEYS.state(test))) !== version;
    for (let starts = 0; starts < MOST_STARTS && isDue(); starts += 1) {
      this.#world.create(index, asks);
      await this.#world.wait(AGAIN_MS);
    }
  }

  #owe(name: RouterName): NonNullable<Asks['owe']> {
    return { router: this.#world.sites[name].record.id, reason: 'away for long', by: 'a person' };
  }

  #gateway(index: number): RequestedGateway {
    return this.#world.gateways[index] as RequestedGateway;
  }

  #operator(router: RouterName): Operator {
    const { device, operators, onTrial } = this.#world.sites[router];
    return new Operator({
      router,
      device: () => device,
      wait: (ms) => this.#world.wait(ms),
      tell: (words) => this.#world.tell(words),
      stands: (line) => void operators.push(line),
      mayStand: (line) => void onTrial.push(line),
    });
  }

  /** A statement that no other call gives. */
  #line(): string {
    this.#lines += 1;
    return `interfaces ge-0/0/1 unit ${3_000 + this.#lines} description op${this.#lines}`;
  }

  async #insist(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work();
        return;
      } catch {
        await this.#world.wait(10_000);
      }
    }
  }
}
