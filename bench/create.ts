/** One creation on routers that commit at once, against a saga of the same shape that does nothing; and its history. */
import { workflowIdOf } from '../gateway/resource.ts';
import type { SampleKind, TestGateway } from '../test/world/records.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { withScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { interleave, timed } from './statistics.ts';

const RUNS = 20;
const WARM_UP = 8;
const PAIRS = 4;
const RATIO = 1.3;
const EVENTS = 70;

export async function measureCreate(runs = RUNS): Promise<Row[]> {
  return withScene({ pairs: PAIRS }, async (scene) => [
    ...(await measureKind(scene, 'vpn_gateway', runs)),
    ...(await measureKind(scene, 'internet_gateway', runs)),
  ]);
}

async function measureKind(scene: Scene, kind: SampleKind, runs: number): Promise<Row[]> {
  const created: TestGateway[] = [];
  const sides = {
    async measured(run: number) {
      const gateway = await scene.gateway(kind, run % PAIRS);
      const took = await timed(() => scene.create(gateway));
      created.push(gateway);
      return took;
    },
    baseline: (run: number) => timed(() => scene.doNothing(run % PAIRS)),
  };
  // Every pair has an open session after it, and both workers have run hot.
  await interleave(WARM_UP, sides);
  created.splice(0);
  const values = await interleave(runs, sides);
  const events: number[] = [];
  for (const gateway of created) events.push((await scene.events(workflowIdOf(gateway))).length);
  return [
    ratioRow({ what: `create, ${kind}`, unit: 'ms', baseline: 'do-nothing saga', values }, RATIO),
    plainRow(`create, ${kind}: history`, 'events', events, EVENTS),
  ];
}
