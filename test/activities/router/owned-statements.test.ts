/** Single statements that a gateway owns in what others have configured: a leaf, an entry of a leaf-list, an entry of a list. */
import assert from 'node:assert/strict';
import { presenceOf } from '../../../activities/router/presence.ts';
import type { Presence } from '../../../activities/router/presence.ts';
import { KEYS } from '../../../etcd/keys.ts';
import { inverseOf } from '../../../gateway/change.ts';
import type { Change } from '../../../gateway/change.ts';
import type { RouterConfiguration } from '../../../gateway/kind.ts';
import { edits } from '../../../junos/edits.ts';
import { heldOf } from '../../../junos/holds.ts';
import { parse } from '../../../junos/parse.ts';
import { at } from '../../../junos/select.ts';
import { getConfiguration } from '../../../netconf/configuration-operations.ts';
import { outside, readDiff } from '../../../netconf/diff.ts';
import { writeXml } from '../../../netconf/xml.ts';
import { parseClaimKey } from '../../etcd/claim-key.ts';

const LEAF = 'routing-instances R routing-options router-id'.split(' ');
const VALUE = 'routing-instances R routing-options instance-import P'.split(' ');
const ENTRY = 'policy-options prefix-list L 10.0.0.0/24'.split(' ');
const OWNS = [LEAF, VALUE, ENTRY];

const text = (id = '1.1.1.1', policies = 'P', prefixes = '10.0.0.0/24;') => `
  routing-instances { R { routing-options { router-id ${id}; instance-import ${policies}; } } }
  policy-options { prefix-list L { ${prefixes} } }`;
const others = (policies = 'Q') => `
  routing-instances { R { instance-type virtual-router; routing-options { autonomous-system 65000; instance-import ${policies}; } } }
  policy-options { prefix-list L { 10.9.0.0/24; } }`;
/** The gateway's text, with all that others have beside its statements. */
const beside = text('1.1.1.1', '[ Q P ]', '10.9.0.0/24; 10.0.0.0/24;').replace(
  'router-id',
  'autonomous-system 65000; router-id',
);

const configuration = (create: string, owns = OWNS): RouterConfiguration => ({
  create,
  arrange: [],
  remove: [],
  owns,
  monitors: [],
});
const create: Change = { before: null, after: configuration(text()) };
const is = (change: Change, running: string): Presence =>
  presenceOf(parse(running, { by: 'router' }), { change });

describe('owned statements', () => {
  it('are found, each for itself', () => {
    const running = parse(beside, { by: 'router' });
    assert.deepEqual(at(running, LEAF)?.words, ['router-id', '1.1.1.1']);
    assert.deepEqual(at(running, ENTRY)?.words, ['10.0.0.0/24']);
    assert.equal(at(parse(others(), { by: 'router' }), LEAF), undefined);
    assert.equal(at(parse(others(), { by: 'router' }), VALUE), undefined);
  });

  const looks: readonly [string, string, Presence['kind']][] = [
    ['nothing', '', 'before'],
    ['what others have', others(), 'before'],
    ['two values of others', others('[ Q S ]'), 'before'],
    ['all of it', text(), 'after'],
    ['all of it beside what others have', beside, 'after'],
    ['another value of the leaf', beside.replace('1.1.1.1', '2.2.2.2'), 'modified'],
    ['no entry of the list', beside.replace('10.0.0.0/24;', ''), 'partial'],
    ['no entry of the leaf-list', beside.replace('[ Q P ]', 'Q'), 'partial'],
  ];
  for (const [what, running, kind] of looks)
    it(`are looked at: ${what}`, () => {
      const found = is(create, running);
      assert.equal(found.kind, kind, JSON.stringify(found));
      const back = is(inverseOf(create), running);
      assert.equal(back.kind, kind === 'before' ? 'after' : kind === 'after' ? 'before' : kind);
    });

  it('are changed beside what others have', () => {
    const next = text('2.2.2.2', 'P2', '10.1.0.0/24;');
    const owns = [...OWNS, [...VALUE.slice(0, -1), 'P2'], [...ENTRY.slice(0, -1), '10.1.0.0/24']];
    const standing = parse(beside, { by: 'router' });
    const made = edits({ standing, target: parse(next), base: parse(text()), owns });
    assert.deepEqual([...made].sort(), [
      'delete policy-options prefix-list L 10.0.0.0/24',
      'delete routing-instances R routing-options instance-import P',
      'set policy-options prefix-list L 10.1.0.0/24',
      'set routing-instances R routing-options instance-import P2',
      'set routing-instances R routing-options router-id 2.2.2.2',
    ]);
    const held = heldOf(standing, { text: parse(text()), without: parse(next), owns });
    assert.deepEqual(held, { kind: 'whole', scrambled: [] });
    const change: Change = { before: configuration(text()), after: configuration(next, owns) };
    assert.equal(is(change, beside).kind, 'before');
    const after = beside.replace('1.1.1.1', '2.2.2.2').replace('Q P', 'Q P2').replace('10.0.0.0', '10.1.0.0');
    assert.equal(is(change, after).kind, 'after');
  });

  it('are all that a diff may touch', () => {
    const diff = `
[edit routing-instances R routing-options]
-    router-id 1.1.1.1;
+    router-id 2.2.2.2;
-    instance-import Q;
+    instance-import [ Q P ];
[edit policy-options prefix-list L]
+    10.0.0.0/24;
`;
    assert.deepEqual(outside(readDiff(diff), OWNS), []);
    const more = `${diff}+    10.5.0.0/24;\n[edit routing-instances R routing-options]\n+    autonomous-system 5;\n`;
    assert.deepEqual(
      outside(readDiff(more), OWNS).map(({ path }) => path.slice(-2).join(' ')),
      ['L 10.5.0.0/24', 'autonomous-system 5'],
    );
    const whole = `
[edit routing-instances R]
-    routing-options {
-        router-id 1.1.1.1;
-    }
`;
    assert.deepEqual(outside(readDiff(whole), OWNS), []);
  });

  it('are asked for, and nothing else', () => {
    const request = writeXml(getConfiguration({ paths: OWNS, database: 'committed' }).request);
    assert.match(
      request,
      /<routing-options><router-id\/><instance-import>P<\/instance-import><\/routing-options>/,
    );
    assert.match(
      request,
      /<prefix-list><name>L<\/name><prefix-list-item><name>10\.0\.0\.0\/24<\/name><\/prefix-list-item><\/prefix-list>/,
    );
  });

  it('have keys of their own', () => {
    for (const stanza of OWNS)
      assert.deepEqual(parseClaimKey(KEYS.claim('router-1', stanza)), { routerId: 'router-1', stanza });
  });

  it('are told without a secret where somebody else has put something beside it', () => {
    const group = 'routing-instances R protocols bgp group G'.split(' ');
    const bgp = (key: string, more = '') =>
      `routing-instances { R { protocols { bgp { group G { description ${key}; ${more} } } } } }`;
    const change: Change = {
      before: configuration(bgp('<secret:description:0123456789abcdef>'), [group]),
      after: null,
    };
    assert.equal(is(change, bgp('canary')).kind, 'before');
    assert.deepEqual(is(change, bgp('canary', 'hold-time 30;')), {
      kind: 'modified',
      path: [...group, 'hold-time', '30'],
      holds: 'before',
    });
  });
});
