import assert from 'node:assert/strict';
import { CHECK, client, router, texts } from './scene.ts';

interface Case {
  readonly mistake: string;
  readonly lines: readonly string[];
  readonly path: string;
  readonly message: string;
}

const CASES: readonly Case[] = [
  {
    mistake: 'an apply-group that is not defined',
    lines: ['set interfaces ae0 unit 5 apply-groups NOBODY', 'set interfaces ae0 unit 5 vlan-id 5'],
    path: '[edit interfaces ae0 unit 5]',
    message: "Group 'NOBODY' is not defined",
  },
  {
    mistake: 'an unknown filter on a unit',
    lines: [
      'set interfaces ae0 unit 5 vlan-id 5',
      'set interfaces ae0 unit 5 family inet filter input NOBODY',
    ],
    path: '[edit interfaces ae0 unit 5 family inet]',
    message: "Referenced filter 'NOBODY' is not defined",
  },
  {
    mistake: 'an unknown filter that a unit inherits',
    lines: [
      'set groups G interfaces <*> unit <*> family inet filter output NOBODY',
      'set interfaces ae0 apply-groups G',
      'set interfaces ae0 unit 5 vlan-id 5',
    ],
    path: '[edit interfaces ae0 unit 5 family inet]',
    message: "Referenced filter 'NOBODY' is not defined",
  },
  {
    mistake: 'an interface of an instance that is not configured',
    lines: ['set routing-instances v interface ae0.77'],
    path: '[edit routing-instances v]',
    message: 'Interface ae0.77 is not configured',
  },
  {
    mistake: 'an interface in two instances',
    lines: ['set routing-instances v interface ge-0/0/1.4000'],
    path: '[edit routing-instances v]',
    message: 'Interface ge-0/0/1.4000 already configured under instance vrf_management',
  },
  {
    mistake: 'an unknown import policy',
    lines: ['set routing-instances v routing-options instance-import NOBODY'],
    path: '[edit routing-instances v routing-options]',
    message: 'Policy error: Policy NOBODY referenced but not defined',
  },
  {
    mistake: 'an unknown export policy',
    lines: ['set routing-instances v routing-options instance-export NOBODY'],
    path: '[edit routing-instances v routing-options]',
    message: 'Policy error: Policy NOBODY referenced but not defined',
  },
  {
    mistake: 'an unknown prefix list in a filter',
    lines: ['set firewall family inet filter INET_IN term t from destination-prefix-list NOBODY'],
    path: '[edit firewall family inet filter INET_IN term t from destination-prefix-list]',
    message: "Referenced prefix-list 'NOBODY' is not defined",
  },
  {
    mistake: 'an unknown prefix list in a policy',
    lines: ['set policy-options policy-statement INSTANCE-USER_IN term t from prefix-list NOBODY'],
    path: '[edit policy-options policy-statement INSTANCE-USER_IN term t from]',
    message: "Referenced prefix-list 'NOBODY' is not defined",
  },
  {
    mistake: 'an unknown policer',
    lines: ['set firewall family inet filter INET_IN term t then policer NOBODY'],
    path: '[edit firewall family inet filter INET_IN term t then]',
    message: "Referenced policer 'NOBODY' is not defined",
  },
  {
    mistake: 'one VLAN on two units of a port',
    lines: ['set interfaces ge-0/0/1 unit 5 vlan-id 4000'],
    path: '[edit interfaces ge-0/0/1 unit 5]',
    message: 'duplicate VLAN-ID on interface: used by unit 4000 already',
  },
  {
    mistake: 'a VLAN out of range',
    lines: ['set interfaces ae0 unit 5 vlan-id 4095'],
    path: '[edit interfaces ae0 unit 5]',
    message: 'Value 4095 is not within range (1..4094)',
  },
  {
    mistake: 'a VLAN on a port without tagging',
    lines: ['set interfaces ge-0/0/7 unit 5 vlan-id 5'],
    path: '[edit interfaces ge-0/0/7 unit 5]',
    message: 'VLAN-ID can only be specified on tagged ethernet interfaces',
  },
];

describe('the commit check', () => {
  for (const { mistake, lines, path, message } of CASES) {
    it(`refuses ${mistake}, in a check and in a commit`, async () => {
      const c = client(router().device);
      await c.set(...lines);
      for (const rpc of [
        CHECK,
        '<commit-configuration/>',
        '<commit/>',
        '<validate><source><candidate/></source></validate>',
      ]) {
        const reply = await c.ask(rpc);
        assert.deepEqual(texts(reply, 'error-message'), [message, 'configuration check-out failed']);
        assert.deepEqual(texts(reply, 'error-path'), [path]);
        assert.equal(texts(reply, 'bad-element').length, 1);
      }
      assert.notEqual(await c.compare(), '', 'the candidate is unchanged');
    });
  }

  it('passes the base configuration of both routers of a pair', async () => {
    for (const role of ['primary', 'secondary'] as const) {
      const reply = await client(router({ role }).device).ok(CHECK);
      assert.deepEqual(texts(reply, 'name'), ['re0']);
      assert.match(reply, /<commit-check-success\/>/);
    }
  });

  it('ignores inactive statements', async () => {
    const c = client(router().device);
    await c.set('set routing-instances v interface ae0.77', 'deactivate routing-instances v');
    await c.ok(CHECK);
  });

  it('accepts a reference whose target is loaded later', async () => {
    const c = client(router().device);
    await c.set('set routing-instances v routing-options instance-import LATER');
    await c.set('set policy-options policy-statement LATER then accept');
    await c.ok(CHECK);
  });

  it('reports all errors at once', async () => {
    const c = client(router().device);
    await c.set('set routing-instances v interface ae0.77', 'set routing-instances w interface ae0.78');
    assert.equal((await c.errors(CHECK)).length, 3);
  });
});
