/** Applies a gateway to one router on an open session, and compares that with writing the very same bytes to a raw channel of the router. */
import type { RouterConfiguration } from '../gateway/kind.ts';
import { kindsOf } from '../gateway/kind.ts';
import { loadKinds } from '../templates/load.ts';
import { render } from '../templates/render.ts';
import { internetValues, parameters, vpnValues } from '../local/sample-parameters.ts';
import { startFleet } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { loginOf, openPushSession, pushOn, removeFrom } from './push-session.ts';
import { openRawChannel } from './raw-channel.ts';
import { plainRow, ratioRow } from './row.ts';
import type { Row } from './row.ts';
import { interleave, timed } from './statistics.ts';

const RUNS = 200;
const ROUND_TRIPS = 4;
const RATIO = 1.3;
/** Rounds before the measurement. A router's history has room for 50 commits, and until it is full, every look takes longer than the one before. */
const WARM_UP = 40;

const VALUES = { vpn_gateway: vpnValues, internet_gateway: internetValues } as const;

export async function measurePush(runs = RUNS): Promise<Row[]> {
  const kinds = await loadKinds();
  const fleet = await startFleet(1, { primary: {}, secondary: {} });
  try {
    const rows: Row[] = [];
    for (const type of ['vpn_gateway', 'internet_gateway'] as const) {
      const kind = kinds.get(type);
      if (kind === undefined) throw new Error(`expected a kind ${type}, got none`);
      const [plain] = kindsOf(kind.kind);
      rows.push(...(await measureOne(fleet, type, render(plain, 'primary', parameters(VALUES[type])), runs)));
    }
    return rows;
  } finally {
    await fleet.close();
  }
}

async function measureOne(
  fleet: Fleet,
  type: string,
  configuration: RouterConfiguration,
  runs: number,
): Promise<Row[]> {
  const ours = await openPushSession(fleet, 0);
  const raw = await openRawChannel(loginOf(fleet, 0));
  const trips: number[] = [];
  let bytes: readonly Uint8Array[] = [];
  const sides = {
    async measured() {
      ours.transport.forget();
      const took = await timed(() => pushOn(ours, configuration));
      bytes = [...ours.transport.writes];
      trips.push(bytes.length);
      await removeFrom(ours, configuration);
      return took;
    },
    async baseline() {
      const took = await timed(async () => {
        for (const write of bytes) await raw.roundTrip(write);
      });
      // The removal also proves that the bytes had their effect: it throws if there is nothing to remove.
      await removeFrom(ours, configuration);
      return took;
    },
  };
  try {
    await interleave(WARM_UP, sides);
    trips.splice(0);
    const values = await interleave(runs, sides);
    const what = `push, ${type}`;
    return [
      ratioRow({ what, unit: 'ms', baseline: 'same bytes, raw channel', values }, RATIO),
      plainRow(`${what}: round trips`, 'round trips', trips, ROUND_TRIPS),
    ];
  } finally {
    await ours.session.close();
    raw.close();
  }
}
