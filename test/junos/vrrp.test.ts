import assert from 'node:assert/strict';
import { parse } from '../../junos/parse.ts';
import { masterDownMs, untilMasterMs, untilMasterText, vrrpTimers } from '../../junos/vrrp.ts';
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

describe('the time that VRRP takes', () => {
  const rounded = (ms: number) => Math.round(ms);

  it('is three advertisements and the skew', () => {
    assert.equal(rounded(masterDownMs(only('priority 105;'))), 3_590);
    assert.equal(rounded(masterDownMs(only('fast-interval 10000;'))), 36_094);
    assert.equal(masterDownMs(only('priority 255;')), 3_000 + 1_000 / 256);
  });

  it('counts the skew of short intervals in seconds, as version 2 does', () => {
    assert.equal(rounded(masterDownMs(only('fast-interval 100;'))), 300 + 609);
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
    assert.match(untilMasterText(only('track { priority-hold-time 5; }')), /= 3\.6 s, tracking not counted$/);
  });
});
