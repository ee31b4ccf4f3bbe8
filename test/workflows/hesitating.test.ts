/** A pair that was about to continue as new, and does not after all, goes on at once with what it has put off. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { REQUEST_SIGNAL, pairIdOf } from '../../pair/messages.ts';
import type { PairAction, PairMember, PairRequest } from '../../pair/messages.ts';
import { emptyPair } from '../../pair/state.ts';
import type { PairState } from '../../pair/state.ts';
import { kindRouters } from './kind-routers.ts';
import { openWorkflows } from './scene.ts';
import type { WorkflowScene } from './scene.ts';

const LATE_MS = 20_000;

/** Lets an activity begin, and end when the test says so. */
class Gate {
  #reach!: () => void;
  #open!: () => void;
  readonly reached = new Promise<void>((resolve) => (this.#reach = resolve));
  readonly #opened = new Promise<void>((resolve) => (this.#open = resolve));

  async pass(): Promise<void> {
    this.#reach();
    await this.#opened;
  }

  open(): void {
    this.#open();
  }
}

function member(name: string): PairMember {
  return { gateway: { resourceType: 'vpn_gateway', resourceId: name, version: 1 }, run: 'one', name };
}

function requestOf(name: string, action: PairAction = { kind: 'apply' }): PairRequest {
  const replyTo = { workflowId: `vpn_gateway:${name}`, runId: 'one', activityId: 'apply' };
  return { ...member(name), sequence: 2, replyTo, action };
}

describe('a pair that was about to continue as new, and does not', function () {
  this.timeout(60_000);
  const routers = [randomUUID(), randomUUID()].sort() as [string, string];
  let scene: WorkflowScene;
  let answering: Gate;
  let applying: Gate;
  let reserved: Gate;
  let awaiting: Gate;
  before(async () => {
    const kind = kindRouters().activities as Record<string, (input: never) => unknown>;
    scene = await openWorkflows('hesitating-workflows.ts', {
      ...kind,
      answer: async () => {
        await answering.pass();
        return ['delivered'];
      },
      reserve: async (input: never) => {
        void reserved.pass();
        return kind['reserve']?.(input);
      },
      apply: async () => {
        await applying.pass();
        return { kind: 'blocked', why: 'MX-1: locked' };
      },
      awaitRouters: async () => {
        await awaiting.pass();
        return { kind: 'blocked', why: 'MX-1: locked' };
      },
    });
  });
  after(() => scene.close());
  beforeEach(() => {
    [answering, applying, reserved, awaiting] = [new Gate(), new Gate(), new Gate(), new Gate()];
  });

  afterEach(() => {
    for (const gate of [answering, applying, reserved, awaiting]) gate.open();
  });

  /** A pair that has kept the gateway `ended`: a request for it is answered at once. */
  const start = async () => {
    const state: PairState = {
      ...emptyPair('t'),
      recovered: true,
      outcomes: [{ ...member('ended'), sequence: 1, answer: { kind: 'kept' } }],
    };
    return scene.client.start('hesitatingPair', {
      workflowId: `${pairIdOf(routers)}-${randomUUID()}`,
      taskQueue: scene.taskQueue,
      args: [{ routers, state }],
    });
  };
  const soon = (gate: Gate, what: string) =>
    Promise.race([
      gate.reached,
      new Promise((_, reject) => setTimeout(() => reject(new Error(`no ${what}`)), LATE_MS).unref()),
    ]);

  it('begins a batch with the members that wait', async () => {
    const pair = await start();
    await pair.signal('suggest', true);
    await pair.signal(REQUEST_SIGNAL, requestOf('ended'));
    await pair.signal(REQUEST_SIGNAL, requestOf('waits'));
    await answering.reached;
    await pair.signal('suggest', false);
    answering.open();
    await soon(reserved, 'reservation');
    await pair.terminate();
  });

  it('goes on waiting for a router', async () => {
    const pair = await start();
    await pair.signal(REQUEST_SIGNAL, requestOf('waits'));
    await applying.reached;
    await pair.signal('suggest', true);
    await pair.signal(REQUEST_SIGNAL, requestOf('ended'));
    await answering.reached;
    applying.open();
    const { runId } = await pair.describe();
    while ((await pair.query<{ phase: string }>('queue')).phase !== 'waiting for a router');
    await pair.signal('suggest', false);
    answering.open();
    await soon(awaiting, 'look at the routers');
    assert.equal((await pair.describe()).runId, runId);
    await pair.terminate();
  });
});
