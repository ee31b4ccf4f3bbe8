/** A program that was written when gateways could only be created keeps compiling, which `tsc` checks, and keeps working. */
import assert from 'node:assert/strict';
import type {
  CancelledOutcome,
  CreatedOutcome,
  CreateRequest,
  FailedOutcome,
  GatewayClient,
  GatewayOutcome,
  GatewayRun,
} from '../../client/index.ts';
import { failed, made, openScene, type Scene } from './scene.ts';

async function oldProgram(client: GatewayClient, request: CreateRequest): Promise<string> {
  const runs: GatewayRun[] = [await client.create(request)];
  const [run] = runs;
  assert.ok(run);
  const outcome: CreatedOutcome | FailedOutcome | CancelledOutcome = await run.result();
  for await (const progress of run.watch())
    if (progress.outcome !== 'running') assert.equal(progress.outcome, outcome.kind);
  return told(outcome);
}

/** Without a default: a fourth kind would not compile. */
function told(outcome: GatewayOutcome): string {
  switch (outcome.kind) {
    case 'created':
      return `created version ${outcome.gateway.version}`;
    case 'failed':
      return `${outcome.type}: ${outcome.message} ${outcome.compensation.length}`;
    case 'cancelled':
      return `cancelled: ${outcome.message}`;
  }
}

/** Only compiled. */
export async function mistakes(client: GatewayClient, request: CreateRequest): Promise<void> {
  const creation = await client.create(request);
  // @ts-expect-error A creation is never deleted.
  if ((await creation.result()).kind === 'deleted') return;
  const change = await client.apply(request);
  const outcome = await change.result();
  // @ts-expect-error Not every change that came out has a message.
  if (outcome.kind !== 'created') console.error(outcome.message);
  // @ts-expect-error Whatever was applied may have been deleted.
  const creationOnly: GatewayRun = change;
  void creationOnly;
}

describe('a program that knows creations only', () => {
  let scene: Scene;
  before(async function () {
    this.timeout(90_000);
    scene = await openScene('without attributes');
    await scene.startWorker();
  });
  after(() => scene.close());

  for (const [name, end, expected] of [
    ['created', (g: CreateRequest) => made(g, 'created'), /^created version 1$/],
    [
      'updated before',
      (g: CreateRequest) => made({ ...g, version: 2 }, 'updated', true),
      /^created version 2$/,
    ],
    [
      'unchanged before',
      (g: CreateRequest) => made({ ...g, version: 3 }, 'unchanged', true),
      /^created version 3$/,
    ],
    [
      'deleted before',
      (g: CreateRequest) => made({ ...g, version: 4 }, 'deleted', true),
      /^InvalidRequest: create: expected .* not marked for deletion, got version 4, .* 0$/,
    ],
    [
      'refused',
      () => failed({ type: 'InvalidRequest', gateway: null, message: 'update it', compensation: [] }),
      /^InvalidRequest: update it 0$/,
    ],
  ] as const)
    it(`is told in its own words of a version that was ${name}`, async () => {
      const gateway = scene.gateway();
      const words = oldProgram(scene.client, gateway);
      while ((await scene.client.status(gateway)).kind === 'not found');
      await scene.end(gateway, end(gateway));
      assert.match(await words, expected);
    });
});
