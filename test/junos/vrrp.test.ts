import assert from 'node:assert/strict';
import { parse } from '../../junos/parse.ts';
import { followedUnits, masterDownMs, untilMasterMs, untilMasterText, vrrpTimers } from '../../junos/vrrp.ts';
import type { VrrpTimers } from '../../junos/vrrp.ts';

const timersOf = (family: string, name = 'ae0.1025'): readonly VrrpTimers[] =>
  vrrpTimers(parse(`interfaces { ae0 { unit 1025 { ${family} } } }`), name);
const only = (content: string, keyword = 'vrrp-group'): VrrpTimers => {
  const [timers] = timersOf(`family inet { address 192.0.2.2/24 { ${keyword} 10 { ${content} } } }`);
  assert.ok(timers !== undefined);
  return timers;
};
const DEFAULTS = {
  intervalMs: 1_000,
  threshold: 3,
  priority: 100,
  preempts: true,
  holdMs: 0,
  isTracked: false,
  address: '192.0.2.2/24',
  virtualAddresses: [],
  silentMs: 4_000,
  isVersion3: false,
};
/** The timers of a group with this content, on a router with these statements of `protocols vrrp`. */
const onRouter = (global: string, content = ''): VrrpTimers => {
  const unit = `family inet { address 192.0.2.2/24 { vrrp-group 10 { ${content} } } }`;
  const text = `protocols { vrrp { ${global} } } interfaces { ae0 { unit 1025 { ${unit} } } }`;
  const [timers] = vrrpTimers(parse(text), 'ae0.1025');
  assert.ok(timers !== undefined);
  return timers;
};

describe('the VRRP timers of a unit', () => {
  for (const [what, content, expected] of [
    ['the defaults', '', {}],
    ['a virtual address', 'virtual-address 192.0.2.1;', { virtualAddresses: ['192.0.2.1'] }],
    [
      'several virtual addresses',
      'virtual-address [ 192.0.2.1 192.0.2.9 ];',
      { virtualAddresses: ['192.0.2.1', '192.0.2.9'] },
    ],
    ['advertise-interval in seconds', 'advertise-interval 5;', { intervalMs: 5_000 }],
    ['fast-interval in ms', 'fast-interval 10000;', { intervalMs: 10_000 }],
    ['fast-interval rather than the other', 'advertise-interval 5; fast-interval 100;', { intervalMs: 100 }],
    ['a priority', 'priority 105;', { priority: 105 }],
    ['preempt alone', 'preempt;', {}],
    ['a hold-time in seconds', 'preempt { hold-time 180; }', { holdMs: 180_000 }],
    ['a hold-time on the same line', 'preempt hold-time 180;', { holdMs: 180_000 }],
    ['no-preempt', 'no-preempt;', { preempts: false }],
    ['a threshold', 'advertisements-threshold 5;', { threshold: 5 }],
    ['tracking', 'track { interface ge-0/0/1 { priority-cost 20; } }', { isTracked: true }],
    ['only what is active', 'inactive: priority 105; inactive: preempt { hold-time 180; }', {}],
    ['no word for a number', 'priority high;', {}],
  ] as const) {
    it(`are ${what}`, () => {
      assert.deepEqual(only(content), { name: 'vrrp-group 10', group: 10, ...DEFAULTS, ...expected });
    });
  }

  for (const [what, global, content, expected] of [
    ['a threshold of the router', 'global-advertisements-threshold 7;', '', { threshold: 7 }],
    [
      'the larger threshold',
      'global-advertisements-threshold 2;',
      'advertisements-threshold 4;',
      { threshold: 4 },
    ],
    ['the silent period', 'startup-silent-period 10;', '', { silentMs: 10_000 }],
    ['version 3', 'version-3;', '', { isVersion3: true }],
    [
      'a hold-time, whatever asymmetric-hold-time shortens elsewhere',
      'asymmetric-hold-time; failover-delay 500;',
      'preempt { hold-time 180; }',
      { holdMs: 180_000 },
    ],
    ['what is active on the router', 'inactive: global-advertisements-threshold 7;', '', {}],
  ] as const) {
    it(`are ${what}`, () => {
      const timers = onRouter(global, content);
      assert.deepEqual(timers, { name: 'vrrp-group 10', group: 10, ...DEFAULTS, ...expected });
    });
  }

  it('are in ms for IPv6', () => {
    const { intervalMs, name } = only('inet6-advertise-interval 2000;', 'vrrp-inet6-group');
    assert.deepEqual({ intervalMs, name }, { intervalMs: 2_000, name: 'vrrp-inet6-group 10' });
  });

  it('are of all groups, of both families, and of no other unit', () => {
    const both = `
      family inet {
        address 192.0.2.2/24 { vrrp-group 10 { priority 105; } vrrp-group 11; }
        inactive: address 198.51.100.2/24 { vrrp-group 12; }
      }
      family inet6 { address 2001:db8::2/64 { vrrp-inet6-group 10 { priority 110; } } }`;
    assert.deepEqual(
      timersOf(both).map(({ name, priority }) => `${name} ${priority}`),
      ['vrrp-group 10 105', 'vrrp-group 11 100', 'vrrp-inet6-group 10 110'],
    );
    assert.deepEqual(timersOf(both, 'ae0.1026'), []);
    assert.deepEqual(timersOf(both, 'ae1.1025'), []);
  });
});

describe('the VRRP timers of a group that follows another one', () => {
  const unit = (number: number, groups: string, family = 'family inet', address = '192.0.2.2/24') =>
    `unit ${number} { ${family} { address ${address} { ${groups} } } }`;
  const follow = (group: number, name: string) =>
    `vrrp-inherit-from { active-group ${group}; active-interface ${name}; }`;
  const timersIn = (...units: string[]) =>
    vrrpTimers(parse(`interfaces { ae0 { ${units.join(' ')} } }`), 'ae0.1025');

  for (const [what, own, other, follows] of [
    ['on another unit', follow(1, 'ae0.100'), 1, 'vrrp-group 1 on ae0.100'],
    [
      'named on one line',
      'vrrp-inherit-from active-group 1 active-interface ae0.100;',
      1,
      'vrrp-group 1 on ae0.100',
    ],
    [
      'of its own number, if none is named',
      'vrrp-inherit-from active-interface ae0.100;',
      10,
      'vrrp-group 10 on ae0.100',
    ],
  ] as const) {
    it(`are those of the group ${what}`, () => {
      const active = unit(
        100,
        `vrrp-group ${other} { fast-interval 10000; priority 150; preempt { hold-time 180; } track { } }`,
      );
      const [timers] = timersIn(unit(1025, `vrrp-group 10 { priority 105; ${own} }`), active);
      assert.deepEqual(timers, {
        name: 'vrrp-group 10',
        group: 10,
        ...DEFAULTS,
        intervalMs: 10_000,
        priority: 150,
        holdMs: 180_000,
        isTracked: true,
        follows,
      });
    });
  }

  it('are those of a group on the same unit, if no other unit is named', () => {
    const [timers] = timersIn(
      unit(
        1025,
        'vrrp-group 10 { vrrp-inherit-from { active-group 11; } } vrrp-group 11 { fast-interval 500; }',
      ),
    );
    assert.equal(timers?.intervalMs, 500);
    assert.match(
      untilMasterText(timers),
      /^vrrp-group 10 \(follows vrrp-group 11 on ae0\.1025\): 2 × \(3 adv/,
    );
  });

  for (const [what, other, why] of [
    ['is not there', '', 'which is not there'],
    ['is inactive', 'inactive: vrrp-group 1;', 'which is not there'],
    ['is of the other family', 'vrrp-inet6-group 1;', 'which is not there'],
    [
      'follows yet another one',
      `vrrp-group 1 { ${follow(2, 'ae0.100')} }`,
      'which inherits from another group itself',
    ],
  ] as const) {
    it(`are not known if that group ${what}, and the text says so`, () => {
      const [timers] = timersIn(
        unit(1025, `vrrp-group 10 { ${follow(1, 'ae0.100')} }`),
        unit(100, other),
      ) as [VrrpTimers];
      assert.equal(timers.unknown, `inherits from vrrp-group 1 on ae0.100, ${why}`);
      assert.equal(
        untilMasterText(timers),
        `vrrp-group 10: not known, because it inherits from vrrp-group 1 on ae0.100, ${why}`,
      );
    });
  }

  it('need the unit of that group', () => {
    const tree = parse(`interfaces { ae0 { ${unit(1025, `vrrp-group 10 { ${follow(1, 'ae0.100')} }`)} } }`);
    assert.deepEqual(followedUnits(tree, 'ae0.1025'), ['ae0.100']);
  });
});

describe('the time that VRRP takes', () => {
  const rounded = (ms: number) => Math.round(ms);

  it('is three advertisements and the skew, twice where the first end within the silent period', () => {
    assert.equal(rounded(masterDownMs(only('priority 105;'))), 7_180);
    assert.equal(rounded(masterDownMs(only('fast-interval 10000;'))), 36_094);
    assert.equal(rounded(masterDownMs(only('fast-interval 1200;'))), 3_600 + 731);
    assert.equal(masterDownMs(only('priority 255;')), 2 * (3_000 + 1_000 / 256));
  });

  it('counts the skew of short intervals in seconds, as version 2 does', () => {
    assert.equal(rounded(masterDownMs(only('fast-interval 100;'))), Math.round(5 * (300 + 609.375)));
  });

  it('counts the skew in intervals on a router with version 3', () => {
    assert.equal(
      rounded(masterDownMs(onRouter('version-3;', 'fast-interval 100;'))),
      Math.round(12 * (300 + 60.9375)),
    );
  });

  it('has as many master-down intervals in it as begin within the silent period', () => {
    const silent = onRouter('startup-silent-period 10;');
    assert.equal(rounded(masterDownMs(silent)), 10_828);
    assert.equal(
      untilMasterText(silent),
      'vrrp-group 10: 3 × (3 advertisements of 1 s + skew 0.6 s) for startup-silent-period 10 s = 10.8 s',
    );
    assert.equal(rounded(masterDownMs(onRouter('startup-silent-period 3;'))), 3_609);
  });

  it('has the hold-time in it until a master that preempts, and not if it does not preempt', () => {
    const real = 'fast-interval 10000; preempt { hold-time 180; }';
    assert.equal(rounded(untilMasterMs(only(real))), 216_094);
    assert.equal(rounded(untilMasterMs(only('fast-interval 10000; no-preempt;'))), 36_094);
    assert.equal(
      untilMasterText(only(real)),
      'vrrp-group 10: 3 advertisements of 10 s + skew 6.1 s + hold-time 180 s = 216.1 s',
    );
  });

  it('says that tracking is not counted', () => {
    assert.match(untilMasterText(only('track { priority-hold-time 5; }')), /= 7\.2 s, tracking not counted$/);
  });
});
