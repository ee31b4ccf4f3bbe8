/** One creation where routers take as long to commit as real ones did, against the slower of the two commits on its own. */
import type { RouterConfiguration } from '../gateway/kind.ts';
import { differenceRow } from './row.ts';
import type { Row } from './row.ts';
import { openPushSession, pushOn } from './push-session.ts';
import { withScene } from './scene.ts';
import { interleave, timed } from './statistics.ts';

const RUNS = 3;
const COMMIT_SECONDS = { primary: 5.6, secondary: 6 } as const;
const MORE_SECONDS = 1;

export async function measureSlowCommits(runs = RUNS): Promise<Row[]> {
  const device = (seconds: number) => ({ delays: { commit: seconds * 1_000 } });
  const devices = {
    primary: device(COMMIT_SECONDS.primary),
    secondary: device(COMMIT_SECONDS.secondary),
  };
  return withScene({ pairs: 1, devices }, async (scene) => {
    const alone = await openPushSession(scene.fleet, 1);
    try {
      await scene.create(await scene.gateway('vpn_gateway', 0));
      const values = await interleave(runs, {
        measured: async () => {
          const gateway = await scene.gateway('vpn_gateway', 0);
          return (await timed(() => scene.create(gateway))) / 1_000;
        },
        baseline: async (run) => (await pushOn(alone, someUnit(run))) / 1_000,
      });
      const { primary, secondary } = COMMIT_SECONDS;
      return [
        differenceRow(
          {
            what: `create, commits of ${primary} s and ${secondary} s`,
            unit: 's',
            baseline: 'the slower commit alone',
            values,
          },
          MORE_SECONDS,
        ),
      ];
    } finally {
      await alone.session.close();
    }
  });
}

/** Something to commit that is in no gateway's way. */
function someUnit(number: number): RouterConfiguration {
  const path = ['interfaces', 'ge-0/0/1', 'unit', String(3_000 + number)];
  const create = `interfaces { ge-0/0/1 { unit ${3_000 + number} { description "a commit alone"; } } }`;
  return { create, arrange: [], remove: [`delete ${path.join(' ')}`], owns: [path], monitors: [] };
}
