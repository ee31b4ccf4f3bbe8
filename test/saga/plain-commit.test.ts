import assert from 'node:assert/strict';
import { openWorld } from '../world/world.ts';
import type { World } from '../world/world.ts';

describe('a gateway on routers that are never committed to on trial', function () {
  this.timeout(30_000);
  let world: World;
  before(async () => {
    world = await openWorld({ policy: { confirmedCommits: { '*': 'never' } } });
  });
  after(() => world.close());

  it('shows in its progress, with the names of the routers, that it could not fall back by itself', async () => {
    const gateway = world.gateway('vpn_gateway', 1);
    await world.write(gateway);
    const run = await world.client.create(gateway);
    let note: string | undefined;
    for await (const { steps } of run.watch())
      note = steps.find(({ step }) => step === 'apply')?.note ?? note;
    assert.match(
      note ?? '',
      /^MX-1, MX-2; committed plainly on MX-1 and MX-2: it can't fall back by itself$/,
    );
  });
});
