/** Carries out what people do in a run. */
import { KEYS } from '../../etcd/keys.ts';
import { recordOf } from '../../local/test-gateway.ts';
import type { Action, RouterName } from '../chaos/workload.ts';
import type { RequestedGateway } from './gateways.ts';
import { Operator } from './operator.ts';
import type { Stage } from './stage.ts';

export class People {
  readonly #world: Stage;
  #busy = 0;
  #lines = 0;

  constructor(world: Stage) {
    this.#world = world;
    for (const action of world.schedule.workload.actions)
      world.time.clock.after(action.at, () => this.act(action));
  }

  /** Whether somebody is in the middle of something. */
  get isBusy(): boolean {
    return this.#busy > 0;
  }

  /** At once. */
  act(action: Action): void {
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

  async #do(action: Action): Promise<void> {
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

  /** A statement of its own each time. */
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
