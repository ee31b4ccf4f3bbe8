/** One worker whose requests to etcd and to Temporal take ten times as long. Shows that everything takes longer, but nothing breaks. */
import { Proxy } from '../local/proxy.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { gatewaysOn, withScene } from './scene.ts';
import type { Servers } from './scene.ts';
import { interleave, timed } from './statistics.ts';

const RUNS = 5;
const PAIRS = 4;
const WARM_UP = 2;
const AT_ONCE = 40;
/** Delay in each direction, in milliseconds. Without it a request takes about two milliseconds. */
const DELAY_MS = 10;

export async function measureSlow(runs = RUNS): Promise<Row[]> {
  const proxies: Proxy[] = [];
  const through = async ({ etcd, temporal }: Servers): Promise<Servers> => {
    const [slowEtcd, slowTemporal] = [await Proxy.open(etcd), await Proxy.open(temporal)];
    proxies.push(slowEtcd, slowTemporal);
    return { etcd: slowEtcd.endpoint, temporal: slowTemporal.endpoint };
  };
  const setDelay = (ms: number) => proxies.forEach((proxy) => (proxy.delayMs = ms));
  try {
    return await withScene({ pairs: PAIRS, through }, async (scene) => {
      const take = (delayMs: number) => async (run: number) => {
        const gateway = await scene.gateway('vpn_gateway', run % PAIRS);
        setDelay(delayMs);
        return timed(() => scene.create(gateway));
      };
      const sides = { measured: take(DELAY_MS), baseline: take(0) };
      await interleave(WARM_UP, sides);
      const values = await interleave(runs, sides);
      const gateways = await gatewaysOn(scene, 0, AT_ONCE);
      setDelay(DELAY_MS);
      const all = await timed(() => Promise.all(gateways.map((gateway) => scene.create(gateway))));
      setDelay(0);
      const what = 'etcd and Temporal ten times slower';
      return [
        ratioRow({ what: `create, ${what}`, unit: 'ms', baseline: 'as fast as they are', values }),
        plainRow(`${AT_ONCE} creates at once on one pair, ${what}`, 's', [all / 1_000]),
      ];
    });
  } finally {
    for (const proxy of proxies) await proxy.close();
  }
}
