import assert from 'node:assert/strict';
import { presenceOf } from '../../../activities/router/presence.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import { inverseOf } from '../../../gateway/change.ts';
import type { Change } from '../../../gateway/change.ts';
import type { RouterConfiguration } from '../../../gateway/kind.ts';
import { parse } from '../../../junos/parse.ts';

const UNIT = ['interfaces', 'ae0', 'unit', '5'];
const INSTANCE = ['routing-instances', 'vrf'];
const LIST = ['policy-options', 'prefix-list', 'list'];

function configuration(create: string, owns: readonly (readonly string[])[]): RouterConfiguration {
  return { create, arrange: [], remove: [], owns, monitors: [] };
}

const unit = (vlan: number) => `interfaces { ae0 { unit 5 { vlan-id ${vlan}; description "a b"; } } }`;
const INSTANCE_TEXT = 'routing-instances { vrf { instance-type vrf; } }';
const LIST_TEXT = 'policy-options { prefix-list list { 192.0.2.0/24; } }';

/** The new version has another VLAN, and a prefix list in the place of the routing instance. */
const older = configuration(`${unit(5)}\n${INSTANCE_TEXT}`, [UNIT, INSTANCE]);
const newer = configuration(`${unit(6)}\n${LIST_TEXT}`, [UNIT, LIST]);

const create: Change = { before: null, after: older };
const update: Change = { before: older, after: newer };
const nothing: Change = { before: null, after: null };

const others =
  'interfaces { ae0 { unit 7 { vlan-id 7; } } }\nrouting-instances { other { instance-type vrf; } }';
const is = (change: Change, ...running: readonly string[]): Presence =>
  presenceOf(parse([others, ...running].join('\n')), { change });

describe('what a look finds of a change', () => {
  describe('from nothing', () => {
    it('is `before` where no stanza of it is there, whatever others have', () => {
      assert.deepEqual(is(create), { kind: 'before' });
    });

    it('is `after` where all of it is there as rendered, in whatever order', () => {
      assert.deepEqual(is(create, older.create), { kind: 'after' });
      const otherOrder = 'interfaces { ae0 { unit 5 { description "a b"; vlan-id 5; } } }';
      assert.deepEqual(is(create, INSTANCE_TEXT, otherOrder), { kind: 'after' });
    });

    it('is `modified` where all stanzas are there, and one is not as rendered', () => {
      assert.deepEqual(is(create, unit(9), INSTANCE_TEXT), { kind: 'modified', path: UNIT });
      const more = 'routing-instances { vrf { instance-type vrf; no-vrf-advertise; } }';
      assert.deepEqual(is(create, unit(5), more), { kind: 'modified', path: INSTANCE, holds: 'after' });
    });

    describe('with an order that means something', () => {
      const FILTER = ['firewall', 'family', 'inet', 'filter', 'f'];
      const GROUP = ['routing-instances', 'vrf', 'protocols', 'bgp', 'group', 'g'];
      const filter = (...terms: readonly string[]) =>
        `firewall { family inet { filter f { ${terms.join(' ')} } } }`;
      const group = (statement: string) =>
        `routing-instances { vrf { protocols { bgp { group g { type external; ${statement} } } } } }`;
      const [accept, discard] = ['term a { then accept; }', 'term b { then discard; }'] as const;
      const cases: readonly (readonly [string, readonly string[], written: string, changed: string])[] = [
        ['terms of a filter', FILTER, filter(accept, discard), filter(discard, accept)],
        ['policies', GROUP, group('import [ A B ];'), group('import [ B A ];')],
        ['groups to apply', GROUP, group('apply-groups [ A B ];'), group('apply-groups [ B A ];')],
      ];
      for (const [what, path, written, changed] of cases)
        it(`is \`modified\` where somebody has changed the order of ${what}, as a deletion is`, () => {
          const creation: Change = { before: null, after: configuration(written, [path]) };
          assert.deepEqual(is(creation, written), { kind: 'after' });
          assert.deepEqual(is(creation, changed), { kind: 'modified', path });
          assert.deepEqual(is(inverseOf(creation), written), { kind: 'before' });
          assert.deepEqual(is(inverseOf(creation), changed), { kind: 'modified', path });
        });
    });

    it('is `modified` where a stanza is deactivated, but not where what it lies in is', () => {
      const tagged = (name: string) => INSTANCE_TEXT.replace(name, `inactive: ${name}`);
      assert.deepEqual(is(create, unit(5), tagged('vrf')), { kind: 'modified', path: INSTANCE });
      const later = 'inactive: routing-instances { vrf { instance-type vrf; } }';
      assert.deepEqual(presenceOf(parse(`${unit(5)} ${later}`), { change: create }), { kind: 'after' });
    });

    it('is `partial` where some stanzas are there', () => {
      assert.deepEqual(is(create, unit(5)), { kind: 'partial', found: UNIT, missing: INSTANCE });
      assert.deepEqual(is(create, INSTANCE_TEXT), { kind: 'partial', found: INSTANCE, missing: UNIT });
    });
  });

  describe('to nothing', () => {
    const remove = inverseOf(create);

    it('is `before` where all of it is still there, and `after` once nothing is', () => {
      assert.deepEqual(is(remove, older.create), { kind: 'before' });
      assert.deepEqual(is(remove), { kind: 'after' });
    });

    it('is `modified` or `partial` as for the change from nothing, and names what is in the way', () => {
      assert.deepEqual(is(remove, unit(5)), is(create, unit(5)));
      const path = [...UNIT, 'vlan-id', '9'];
      assert.deepEqual(is(remove, unit(9), INSTANCE_TEXT), { kind: 'modified', path });
      const mtu = 'interfaces { ae0 { unit 5 { mtu 1500; } } }';
      const added = { kind: 'modified', path: [...UNIT, 'mtu', '1500'], holds: 'before' };
      assert.deepEqual(is(remove, older.create, mtu), added);
    });
  });

  describe('with two ends', () => {
    it('is the end that is there as rendered', () => {
      assert.deepEqual(is(update, older.create), { kind: 'before' });
      assert.deepEqual(is(update, newer.create), { kind: 'after' });
      assert.deepEqual(is(inverseOf(update), older.create), { kind: 'after' });
      assert.deepEqual(is(inverseOf(update), newer.create), { kind: 'before' });
    });

    it('is `absent` where no stanza of either end is there', () => {
      assert.deepEqual(is(update), { kind: 'absent' });
    });

    it('is `modified` where all stanzas of one end are there, and names the statement', () => {
      const path = [...UNIT, 'vlan-id', '6'];
      assert.deepEqual(is(update, unit(9), LIST_TEXT), { kind: 'modified', path });
    });

    it('is `partial` where stanzas of both ends are missing', () => {
      assert.deepEqual(is(update, unit(9)), { kind: 'partial', found: UNIT, missing: INSTANCE });
      assert.deepEqual(is(update, INSTANCE_TEXT), { kind: 'partial', found: INSTANCE, missing: UNIT });
    });

    it('is an end whatever others have in its stanzas, but not beside statements of the other end', () => {
      const address = 'interfaces { ae0 { unit 5 { family inet { address 192.0.2.1/24; } } } }';
      assert.deepEqual(is(update, older.create, address), { kind: 'before' });
      assert.deepEqual(is(update, newer.create, address), { kind: 'after' });
      assert.deepEqual(is(update, older.create, LIST_TEXT), { kind: 'modified', path: LIST });
      const path = [...UNIT, 'vlan-id', '5'];
      assert.deepEqual(is(update, newer.create, INSTANCE_TEXT), { kind: 'modified', path });
    });

    it('is `unchanged` where both ends are equal and stand', () => {
      const same = { before: older, after: older };
      assert.deepEqual(is(same, older.create), { kind: 'unchanged' });
      assert.deepEqual(is(same), { kind: 'absent' });
    });

    it('is `unchanged` where the texts of both ends differ in their form only, and stand', () => {
      const text = (lines: string) => configuration(`interfaces { ae0 { unit 5 { ${lines} } } }`, [UNIT]);
      const [before, after] = [text('description a; vlan-id 5;'), text('vlan-id 5; description a;')];
      assert.deepEqual(is({ before, after }, before.create), { kind: 'unchanged' });
      assert.deepEqual(is({ before, after }, unit(6)).kind, 'modified');
    });
  });

  describe('with a secret', () => {
    const peer = (key: string, more = '') =>
      `routing-instances { vrf { protocols { bgp { group g { neighbor 192.0.2.1 { authentication-key ${key};${more} } } } } } }`;
    const change: Change = { before: null, after: configuration(peer('test'), [INSTANCE]) };
    const look = (running: string, secrets?: string, looked = change): Presence =>
      presenceOf(parse(running), { change: looked, secrets });
    const digestOf = (running: string): string => {
      const presence = look(running);
      assert.equal(presence.kind, 'after');
      return presence.secrets ?? assert.fail('no digest');
    };
    const stored = peer('"$9$first"');

    it('is `after` in whatever form the router stores the secret, and gives a digest of the form', () => {
      assert.match(digestOf(stored), /^sha256:[0-9a-f]{64}$/);
      assert.notEqual(digestOf(stored), digestOf(peer('"$9$second"')));
    });

    it('is `modified` in another form than the known one', () => {
      const known = digestOf(stored);
      assert.deepEqual(look(stored, known), { kind: 'after', secrets: known });
      assert.deepEqual(look(peer('"$9$second"'), known), {
        kind: 'modified',
        path: INSTANCE,
        holds: 'after',
      });
    });

    it('is `modified` where anything else differs', () => {
      const more = { kind: 'modified', path: INSTANCE, holds: 'after' };
      assert.deepEqual(look(peer('"$9$first"', ' passive;')), more);
      assert.deepEqual(look(peer('other')), { kind: 'modified', path: INSTANCE });
    });

    describe('that alone differs between both ends', () => {
      const placed = (digest: string) => peer(`<secret:authentication-key:${digest.repeat(16)}>`);
      const update: Change = {
        before: configuration(placed('1'), [INSTANCE]),
        after: configuration(placed('2'), [INSTANCE]),
      };
      const known = digestOf(stored);
      const kindOf = (
        running: string,
        more: { secrets?: string; kept?: boolean; history?: 'after' },
      ): string =>
        presenceOf(parse(running), { change: update, ...more }, () => more.history ?? 'before').kind;

      it('is `before` in the form that is known of it, whatever the history says', () => {
        assert.equal(kindOf(stored, { secrets: known, history: 'after' }), 'before');
      });

      it('is what the history says in any other form', () => {
        for (const secrets of [{}, { secrets: known }]) {
          assert.equal(kindOf(peer('"$9$second"'), { ...secrets, history: 'after' }), 'after');
          assert.equal(kindOf(peer('"$9$second"'), secrets), 'before');
        }
      });

      it('is `after` once it is kept', () => {
        assert.equal(kindOf(stored, { secrets: known, kept: true }), 'after');
      });

      it('is told apart as before where anything else differs', () => {
        assert.equal(kindOf(peer('"$9$first"', ' passive;'), { history: 'after' }), 'after');
        assert.equal(kindOf('', { history: 'after' }), 'absent');
      });

      it('has the same digest as the end alone, so that a deletion knows it', () => {
        const presence = presenceOf(parse(stored), { change: update });
        assert.equal('secrets' in presence && presence.secrets, known);
      });
    });

    it('is `before` of the inverse change by the same digest', () => {
      const known = digestOf(stored);
      assert.deepEqual(look(stored, known, inverseOf(change)), { kind: 'before', secrets: known });
      assert.equal(look(peer('"$9$second"'), known, inverseOf(change)).kind, 'modified');
    });
  });

  it('from nothing to nothing is `unchanged`', () => {
    assert.deepEqual(is(nothing, older.create), { kind: 'unchanged' });
  });
});
