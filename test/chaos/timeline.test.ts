import assert from 'node:assert/strict';
import type { Evidence } from './evidence.ts';
import { timeline } from './timeline.ts';

const BASE = 'system { host-name r; }\n';
const WITH = `${BASE}interfaces { ae0 { unit 5 { vlan-id 5; description x; } } }\n`;
const author = { user: 'esi', log: 'reservation 1' };

const EVIDENCE: Evidence = {
  workload: { gateways: [], actions: [] },
  writes: [
    { revision: 2, key: '/config/v2.0/edge_routers/r', value: '{}', seenAt: 900 },
    { revision: 3, key: '/state/v2.0/vpn_gateways/g', value: '{"error":"top-secret-word"}', seenAt: 4_000 },
    { revision: 4, key: '/jobs/all/j', value: null, seenAt: 5_000 },
  ],
  routers: [
    {
      id: 'r',
      name: 'MX-1',
      ourUser: 'esi',
      base: BASE,
      tape: [
        { at: 1_000, kind: 'committed', ...author, until: 9_000, config: WITH, met: null },
        { at: 1_500, kind: 'showed', user: 'esi', what: 'vrrp', name: 'ae0.5', state: 'init' },
        { at: 1_600, kind: 'showed', user: 'esi', what: 'vrrp', name: 'ae0.5', state: 'init' },
        { at: 9_000, kind: 'fell back', config: BASE, met: author },
      ],
      end: { running: BASE, candidate: BASE, lock: null, pending: null, sessions: [] },
      operators: [],
    },
  ],
  workflows: [
    {
      workflowId: 'vpn_gateway:g',
      runId: 'x',
      type: 'createGateway',
      status: 'failed',
      failure: 'so',
      events: [{ at: 2_500, what: 'activity task started plan' }],
    },
  ],
  faults: [{ at: 2_000, what: 'etcd stands still' }],
  canaries: ['top-secret-word'],
  texts: [],
};

describe('the timeline', () => {
  it('tells in one order what happened to etcd, to routers, to workflows, and what was done to them', () => {
    const told = timeline(
      EVIDENCE,
      [
        { invariant: 'pair', subject: 'g', expected: 'both', found: 'one', at: null },
        { invariant: 'once', subject: 'MX-1', expected: 'once', found: 'twice', at: 3_000 },
      ],
      [{ at: 2_200, who: 'people', what: 'cancel vpn_gateway:g' }],
    );
    assert.equal(
      told,
      `    0.000  MX-1      committed on trial by esi ("reservation 1"): + interfaces ae0 unit 5 (2)
    0.500  MX-1      showed esi vrrp ae0.5 init
    1.000  FAULT     etcd stands still
    1.200  people    cancel vpn_gateway:g
    1.500  temporal  vpn_gateway:g activity task started plan
    2.000  WRONG     once: MX-1: expected once, found twice
    3.000  etcd      #3 /state/v2.0/vpn_gateways/g {"error":"(secret)"}
    4.000  etcd      #4 /jobs/all/j gone
    8.000  MX-1      fell back from esi ("reservation 1"): - interfaces ae0 unit 5 (2)
      end  temporal  vpn_gateway:g failed: so
      end  MX-1      no lock, nothing pending, 0 sessions
      end  WRONG     pair: g: expected both, found one
`,
    );
  });
});
