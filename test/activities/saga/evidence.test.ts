import assert from 'node:assert/strict';
import { BackupEvidence, MasterEvidence } from '../../../activities/saga/evidence.ts';
import type { Lookout, Seen } from '../../../activities/saga/evidence.ts';
import type { Service } from '../../../activities/router/service.ts';

const MASTER_DOWN_MS = 3_600;
const words = { downlink: 'ACTIVE' };
const group = (state: string, name = 'VRRP group 10 on ae0.5') => ({
  name,
  state,
  masterDownMs: MASTER_DOWN_MS,
});
const up = (...states: readonly string[]): Service => ({
  words,
  groups: states.map((state) => group(state)),
});

/** Two routers that show what a test wants, and a clock that a test moves. */
class World {
  primary: Service = up('MASTER');
  secondary: Service = up('BACKUP');
  now = 0;
  /** How long a look takes, in ms. */
  lookMs = 0;
  /** What was asked for so far: which router, and in how many ms a look may prove something. */
  readonly asked: [router: string, dueMs: number | undefined][] = [];
  readonly #backup: BackupEvidence;

  constructor(minuteMs = 60_000, { holdMs = 0, rightMs = 0 } = {}) {
    this.#backup = new BackupEvidence(
      this.#on('MX-2', () => this.secondary),
      this.#on('MX-1', () => this.primary),
      { now: () => this.now, minuteMs, holdMs, rightMs },
    );
  }

  /** What is missing on the secondary at this time; `undefined`: nothing is. */
  async missingAt(now: number): Promise<string | undefined> {
    this.now = now;
    const seen = await this.#backup.look();
    return 'missing' in seen ? seen.missing : undefined;
  }

  /** For how long the looks have shown the right roles, in ms. */
  get rightMs(): number {
    return this.#backup.rightMs;
  }

  onPrimary(): Promise<Seen> {
    return this.master().look();
  }

  master(minuteMs = 60_000): MasterEvidence {
    return new MasterEvidence(
      this.#on('MX-1', () => this.primary),
      { now: () => this.now, minuteMs },
    );
  }

  #on(name: string, shown: () => Service): Lookout {
    return {
      name,
      look: async (dueMs) => {
        this.asked.push([name, dueMs]);
        const [service, begunAt] = [shown(), this.now];
        this.now += this.lookMs;
        return { ...service, begunAt };
      },
    };
  }
}

describe('the evidence on a primary router', () => {
  const world = new World();

  it('is MASTER, of every group', async () => {
    assert.deepEqual(await world.onPrimary(), { words, vrrp: 'MASTER' });
    world.primary = up('MASTER', 'INIT');
    assert.deepEqual(await world.onPrimary(), {
      missing: 'VRRP group 10 on ae0.5 is INIT, expected MASTER',
    });
  });

  it('is that its interfaces are up, where there is no VRRP', async () => {
    world.primary = up();
    assert.deepEqual(await world.onPrimary(), { words, vrrp: null });
  });
});

describe('the time of the next look', () => {
  let world: World;
  beforeEach(() => (world = new World()));

  it('is when BACKUP proves something, and then at once on the primary', async () => {
    for (const now of [0, 1_000, 3_000, 3_700]) await world.missingAt(now);
    assert.deepEqual(world.asked, [
      ['MX-2', undefined],
      ['MX-2', 2_700],
      ['MX-2', 700],
      ['MX-2', 0],
      ['MX-1', 0],
    ]);
  });

  it('is not known once BACKUP is not shown, or MASTER is late', async () => {
    await world.missingAt(0);
    world.secondary = up('INIT');
    await world.missingAt(1_000);
    Object.assign(world, { secondary: up('BACKUP'), primary: up('INIT') });
    for (const now of [2_000, 5_700, 5_800]) await world.missingAt(now);
    const onSecondary = world.asked.filter(([router]) => router === 'MX-2');
    assert.deepEqual(
      onSecondary.map(([, dueMs]) => dueMs),
      [undefined, 2_700, undefined, 0, undefined],
    );
  });

  it('is when a router that may take over has had its time', async () => {
    world = new World(60_000, { holdMs: 10_000 });
    for (const now of [0, 3_700, 5_000]) await world.missingAt(now);
    const onSecondary = world.asked.filter(([router]) => router === 'MX-2');
    assert.deepEqual(
      onSecondary.map(([, dueMs]) => dueMs),
      [undefined, 0, 8_700],
    );
  });

  it('is when the primary may be MASTER for the first time', async () => {
    world = new World();
    const evidence = world.master(30_000);
    world.primary = up('BACKUP');
    for (const now of [0, 1_000, 1_900, 2_000]) {
      world.now = now;
      await evidence.look();
    }
    assert.deepEqual(
      world.asked.map(([, dueMs]) => dueMs),
      [undefined, 900, 0, undefined],
    );
  });
});

describe('the evidence on a secondary router', () => {
  let world: World;
  beforeEach(() => (world = new World()));

  it('is BACKUP, once a master-down interval of looks has shown it', async () => {
    for (const now of [0, 1_000, 2_000, 3_000, 3_599])
      assert.match((await world.missingAt(now)) ?? '', /^BACKUP proves nothing before 3\.6 s/);
    assert.equal(await world.missingAt(3_600), undefined);
  });

  it('is not BACKUP of two routers that do not hear each other, at whatever moment they are looked at', async () => {
    // For a master-down interval both routers are backup, or the primary is master already. After that both are master.
    for (const now of [0, 1_000, 3_500]) assert.notEqual(await world.missingAt(now), undefined, `at ${now}`);
    world.secondary = up('MASTER');
    assert.equal(
      await world.missingAt(3_700),
      "VRRP group 10 on ae0.5 is MASTER, expected BACKUP: MASTER on MX-1 too, the two don't hear each other",
    );
  });

  it('is not BACKUP before a router that may take over late has had its time', async () => {
    world = new World(60_000, { holdMs: 10_000 });
    for (const now of [0, 3_600, 7_000, 13_599])
      assert.notEqual(await world.missingAt(now), undefined, `at ${now}`);
    assert.equal(await world.missingAt(13_600), undefined);
    world = new World(60_000, { holdMs: 10_000 });
    assert.match((await world.missingAt(0)) ?? '', /^BACKUP proves nothing/);
    assert.match(
      (await world.missingAt(9_000)) ?? '',
      /^the roles may change until they have been right for 13\.6 s, of which 9 s have passed$/,
    );
    world.secondary = up('MASTER');
    world.primary = up('BACKUP');
    assert.match((await world.missingAt(10_500)) ?? '', /is MASTER, expected BACKUP$/);
  });

  it('counts that time from when both roles are right: only a router that hears a master waits to take over', async () => {
    world = new World(60_000, { holdMs: 10_000 });
    world.primary = up('BACKUP');
    for (const now of [0, 3_000]) assert.notEqual(await world.missingAt(now), undefined);
    world.primary = up('MASTER');
    for (const now of [4_000, 13_600, 17_599])
      assert.notEqual(await world.missingAt(now), undefined, `${now}`);
    assert.equal(await world.missingAt(17_600), undefined);
  });

  it('counts that time anew from a look that shows another role on either router, and from no other look', async () => {
    const cut = { ...up(), missing: 'the connection is cut' };
    for (const router of ['primary', 'secondary'] as const)
      for (const [shown, rightMs] of [
        [up('INIT'), 0],
        [cut, 13_000],
      ] as const) {
        world = new World(60_000, { holdMs: 10_000 });
        for (const now of [0, 8_000]) await world.missingAt(now);
        world[router] = shown;
        await world.missingAt(9_000);
        Object.assign(world, { primary: up('MASTER'), secondary: up('BACKUP') });
        await world.missingAt(13_000);
        assert.equal(world.rightMs, rightMs);
      }
  });

  it('goes on with the time that an earlier attempt has seen, unless its own first look shows another role', async () => {
    world = new World(60_000, { holdMs: 10_000, rightMs: 9_000 });
    assert.match((await world.missingAt(0)) ?? '', /^BACKUP proves nothing/);
    assert.match((await world.missingAt(4_599)) ?? '', /of which 13\.\d s have passed$/);
    assert.equal(await world.missingAt(4_600), undefined);
    world = new World(60_000, { holdMs: 10_000, rightMs: 9_000 });
    world.primary = up('BACKUP');
    await world.missingAt(0);
    world.primary = up('MASTER');
    await world.missingAt(1_000);
    assert.match((await world.missingAt(5_600)) ?? '', /of which 4\.6 s have passed$/);
  });

  it('begins anew when a look has shown something else', async () => {
    for (const interruption of [up('MASTER'), up('INIT'), { ...up(), missing: 'the connection is cut' }]) {
      world = new World();
      await world.missingAt(0);
      world.secondary = interruption;
      assert.notEqual(await world.missingAt(3_000), undefined);
      world.secondary = up('BACKUP');
      assert.notEqual(await world.missingAt(4_000), undefined);
      assert.notEqual(await world.missingAt(7_500), undefined);
      assert.equal(await world.missingAt(7_600), undefined);
    }
  });

  it('is timed from the end of the first look to the beginning of the last one', async () => {
    world.lookMs = 2_000;
    await world.missingAt(0);
    assert.notEqual(await world.missingAt(3_600), undefined);
    assert.equal(await world.missingAt(5_600), undefined);
  });

  it('needs MASTER on the primary router, seen after it', async () => {
    await world.missingAt(0);
    world.primary = up('BACKUP');
    assert.equal(
      await world.missingAt(4_000),
      'BACKUP proves nothing without MASTER on MX-1: VRRP group 10 on ae0.5 is BACKUP, expected MASTER',
    );
    world.primary = { ...up(), missing: 'MX-1: unreachable' };
    assert.equal(
      await world.missingAt(5_000),
      'BACKUP proves nothing without MASTER on MX-1: MX-1: unreachable',
    );
    world.primary = up('MASTER');
    assert.equal(await world.missingAt(6_000), undefined);
  });

  it('needs nothing else of the primary router, which has a poll of its own', async () => {
    await world.missingAt(0);
    world.primary = { ...up('MASTER'), missing: 'uplink: counter C is not in filter F' };
    assert.equal(await world.missingAt(4_000), undefined);
    world.primary = up();
    assert.match((await world.missingAt(5_000)) ?? '', /MX-1: no VRRP group is configured$/);
  });

  it('does not accuse the primary router of a MASTER that only the secondary has', async () => {
    world.primary = up('BACKUP');
    world.secondary = up('MASTER');
    assert.equal(await world.missingAt(0), 'VRRP group 10 on ae0.5 is MASTER, expected BACKUP');
  });

  it('is as much faster as the minutes of the routers are shorter', async () => {
    world = new World(1_000);
    assert.notEqual(await world.missingAt(0), undefined);
    assert.notEqual(await world.missingAt(59), undefined);
    assert.equal(await world.missingAt(60), undefined);
  });

  it('is that its interfaces are up, where there is no VRRP', async () => {
    world.secondary = up();
    assert.equal(await world.missingAt(0), undefined);
    world = new World(60_000, { holdMs: 10_000 });
    [world.primary, world.secondary] = [up(), up()];
    assert.equal(await world.missingAt(0), undefined);
  });

  it('is that the primary router stays MASTER for as long as another router may wait, where only the primary has VRRP', async () => {
    world = new World(60_000, { holdMs: 10_000 });
    world.secondary = up();
    assert.match(
      (await world.missingAt(0)) ?? '',
      /^the roles may change until they have been right for 10 s/,
    );
    assert.notEqual(await world.missingAt(9_999), undefined);
    world.primary = up('BACKUP');
    assert.equal(await world.missingAt(10_000), 'MX-1: VRRP group 10 on ae0.5 is BACKUP, expected MASTER');
    world.primary = { ...up(), missing: 'the connection is cut' };
    assert.equal(await world.missingAt(11_000), 'MX-1: the connection is cut');
    world.primary = up('MASTER');
    for (const now of [12_000, 21_999]) assert.notEqual(await world.missingAt(now), undefined, `at ${now}`);
    assert.equal(await world.missingAt(22_000), undefined);
  });
});

describe('groups of others in the same unit', () => {
  const others = [group('BACKUP', 'VRRP group 77 on ae0.5')];
  const slow = [{ ...group('BACKUP', 'VRRP group 77 on ae0.5'), masterDownMs: 3 * MASTER_DOWN_MS }];
  const worse = 'VRRP group 77 on ae0.5 is INIT, was BACKUP before the update';

  it('that are worse than before are no evidence, on either router', async () => {
    const world = new World();
    world.primary = { ...up('MASTER'), others, worse };
    assert.deepEqual(await world.onPrimary(), { missing: worse });
    assert.notEqual(await world.missingAt(0), undefined);
    assert.equal(await world.missingAt(4_000), `MX-1: ${worse}`);
    world.primary = up('MASTER');
    world.secondary = { ...up('BACKUP'), others, worse };
    assert.equal(await world.missingAt(5_000), worse);
    world.secondary = { ...up('BACKUP'), others };
    assert.notEqual(await world.missingAt(6_000), undefined);
    assert.notEqual(await world.missingAt(9_500), undefined);
    assert.equal(await world.missingAt(9_600), undefined);
  });

  it('are watched for as long as their own timers say', async () => {
    const world = new World();
    world.secondary = { ...up('BACKUP'), others: slow };
    for (const now of [0, 3_600, 10_700]) assert.notEqual(await world.missingAt(now), undefined, `at ${now}`);
    assert.equal(await world.missingAt(10_800), undefined);
  });

  it('are watched as well where they are on the primary router only', async () => {
    for (const own of [up('MASTER'), up()]) {
      const world = new World(60_000, { holdMs: 3_600 });
      world.secondary = up();
      world.primary = { ...own, others: [group('MASTER', 'VRRP group 77 on ae0.5')] };
      assert.notEqual(await world.missingAt(0), undefined);
      assert.notEqual(await world.missingAt(3_599), undefined);
      world.primary = { ...own, others, worse };
      assert.equal(await world.missingAt(3_600), `MX-1: ${worse}`);
    }
  });

  it('are watched as well where the gateway has no group of its own', async () => {
    const world = new World();
    world.secondary = { ...up(), others };
    world.primary = up();
    for (const now of [0, 3_500]) assert.notEqual(await world.missingAt(now), undefined, `at ${now}`);
    assert.equal(await world.missingAt(3_600), undefined);
  });
});
