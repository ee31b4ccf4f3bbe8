/**
 * A Temporal that runs made-up sagas, for tests of the watch alone: ten thousand real ones would take minutes. A saga takes a moment, reads its
 * gateway's configuration, and writes that version into `/state`.
 */
import { setTimeout } from 'node:timers/promises';
import type { Client } from '../../../activities/executions.ts';
import type { WantedVersion } from '../../../gateway/messages.ts';
import type { EtcdClient } from '../../../etcd/client.ts';
import { configVersion } from '../../../etcd/envelope.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { workflowIdOf } from '../../../gateway/resource.ts';
import type { GatewayRef } from '../../../gateway/resource.ts';

interface StartOptions {
  readonly workflowId: string;
  readonly args: readonly [GatewayRef];
  readonly signalArgs: readonly [WantedVersion];
}

export class Sagas {
  /** Versions that each gateway was asked for, in their order. */
  readonly asked = new Map<string, (number | undefined)[]>();
  /** How many sagas ran at the same time at most. */
  most = 0;
  /** The error with which every call fails. `undefined`: Temporal answers. */
  failure: Error | undefined;
  /** Ids of gateways whose sagas end without a word in `/state`. */
  readonly silent = new Set<string>();
  /** How long a saga takes, in ms. Besides, it does not end before `hold` is resolved. */
  takesMs = 5;
  hold: Promise<unknown> = Promise.resolve();
  readonly #etcd: EtcdClient;
  /** Sagas that have not ended, and whether they were asked again. */
  readonly #open = new Map<string, { again: boolean }>();
  /** How many of the sagas in `#open` have not begun to write into `/state`. */
  running = 0;

  constructor(etcd: EtcdClient) {
    this.#etcd = etcd;
  }

  get client(): Client {
    const workflow = {
      signalWithStart: async (_type: string, options: StartOptions) => this.#ask(options),
      getHandle: (id: string) => ({
        describe: async () => ({
          runId: id,
          status: { name: this.#open.has(id) ? 'RUNNING' : 'COMPLETED' },
          raw: {},
        }),
      }),
    };
    const client = { workflow, withDeadline: (_at: number, call: () => unknown) => call() };
    return client as unknown as Client;
  }

  async #ask({ workflowId, args: [gateway], signalArgs: [{ version }] }: StartOptions): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.asked.set(workflowId, [...(this.asked.get(workflowId) ?? []), version]);
    const open = this.#open.get(workflowId);
    if (open !== undefined) open.again = true;
    else void this.#run(workflowId, gateway);
  }

  async #run(workflowId: string, gateway: GatewayRef): Promise<void> {
    const saga = { again: false };
    this.#open.set(workflowId, saga);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    do {
      saga.again = false;
      await setTimeout(this.takesMs);
      await this.hold;
    } while (saga.again);
    this.running -= 1;
    if (!this.silent.has(gateway.resourceId)) await this.#publish(gateway);
    this.#open.delete(workflowId);
  }

  async #publish(gateway: GatewayRef): Promise<void> {
    const [config] = await this.#etcd.read('read', [KEYS.gatewayConfig(gateway)] as const);
    const value = { state: { worker_state: 'CREATE_COMPLETED' }, version: configVersion(config), error: '' };
    await this.#etcd.write('publish', { unchanged: [], put: [{ key: KEYS.state(gateway), value }] });
  }

  versions(gateway: GatewayRef): readonly (number | undefined)[] {
    return this.asked.get(workflowIdOf(gateway)) ?? [];
  }
}
