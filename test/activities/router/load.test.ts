import assert from 'node:assert/strict';
import { touchedBy } from '../../../activities/router/judge.ts';
import { inLoadOrder, loadsInOrder, loadsOf } from '../../../activities/router/load.ts';
import { revealerOf } from '../../../activities/router/secrets.ts';
import { inverseOf } from '../../../gateway/change.ts';
import type { RouterConfiguration } from '../../../gateway/kind.ts';
import { loadSet, loadText } from '../../../netconf/operations.ts';
import { parse } from '../../../junos/parse.ts';
import { gatewayChange } from './gateway-change.ts';

const configuration: RouterConfiguration = {
  create: 'interfaces { ae0 { unit 5 { vlan-id 5; } } }',
  arrange: ['insert policy-options policy-statement p term mine before term last'],
  remove: ['delete interfaces ae0 unit 5'],
  owns: [['interfaces', 'ae0', 'unit', '5']],
  monitors: [],
};

describe('loading a change', () => {
  const requestsOf = (...given: Parameters<typeof loadsOf>) =>
    loadsOf(...given).map(({ request }) => request);
  const nothing = () => [];
  const fromNothing = { before: null, after: configuration };

  it('from nothing merges its text, and then arranges it', () => {
    const { create, arrange } = configuration;
    assert.deepEqual(requestsOf(fromNothing, nothing), [loadText(create).request, loadSet(arrange).request]);
  });

  it('from nothing takes one load if there is nothing to arrange', () => {
    const after = { ...configuration, arrange: [] };
    assert.deepEqual(requestsOf({ before: null, after }, nothing), [loadText(after.create).request]);
  });

  it('to nothing removes what stands there', () => {
    assert.deepEqual(requestsOf(inverseOf(fromNothing), nothing), [loadSet(configuration.remove).request]);
  });

  it('with two ends edits what stands, statement by statement', () => {
    const text = (description: string) => `interfaces { ae0 { unit 5 { description ${description}; } } }`;
    const end = (description: string) => ({ ...configuration, arrange: [], create: text(description) });
    const standing = () => parse('interfaces { ae0 { unit 5 { description a; family inet; } } }');
    assert.deepEqual(requestsOf({ before: end('a'), after: end('b') }, standing), [
      loadSet(['set interfaces ae0 unit 5 description b']).request,
    ]);
  });

  describe('with a secret', () => {
    const gateway = { resourceType: 'vpn_gateway', resourceId: 'x', version: 2 };
    const placeholder = (digit: string): string => `<secret:authentication-key:${digit.repeat(16)}>`;
    const [OLD, NEW] = [placeholder('1'), placeholder('2')];
    const peer = (key: string): string =>
      `interfaces { ae0 { unit 5 { vrrp-group 1 { authentication-key ${key}; } } } }`;
    const end = (key: string) => ({ ...configuration, arrange: [], create: peer(key) });
    const revealer = revealerOf(gateway, { key: 'k', values: { [OLD]: 'old', [NEW]: 'a "new" one' } });
    const standing = () => parse(peer('"$9$x"'));

    it('sends the secret, in quotes where it needs them', () => {
      assert.deepEqual(requestsOf({ before: null, after: end(NEW) }, nothing, revealer.reveal), [
        loadText(peer('"a \\"new\\" one"')).request,
      ]);
    });

    it('sets it anew where nothing else differs, and back again', () => {
      const change = { before: end(OLD), after: end(NEW) };
      const set = 'set interfaces ae0 unit 5 vrrp-group 1 authentication-key';
      assert.deepEqual(requestsOf(change, standing, revealer.reveal), [
        loadSet([`${set} "a \\"new\\" one"`]).request,
      ]);
      assert.deepEqual(requestsOf(inverseOf(change), standing, revealer.reveal), [
        loadSet([`${set} old`]).request,
      ]);
    });

    it('loads what has its secrets, and tells what has not', () => {
      const [one, other] = [
        { gateway, change: { before: null, after: end(NEW) } },
        { gateway, change: { before: null, after: end(placeholder('3')) } },
      ];
      const { loads, withoutSecrets } = loadsInOrder([other, one], { standing }, () => revealer);
      assert.deepEqual(
        loads.map(({ item }) => item),
        [one],
      );
      assert.deepEqual([...withoutSecrets.keys()], [other]);
      assert.match(String(withoutSecrets.get(other)), /secrets\/vpn_gateways\/x has no <secret:/);
    });
  });

  it('with ends that are equal needs no load', () => {
    const standing = () => parse(configuration.create);
    for (const end of [configuration, null])
      assert.deepEqual(requestsOf({ before: end, after: end }, standing), []);
  });
});

describe('the order of loads', () => {
  const unit = 'interfaces ae0 unit 5';
  const address = `${unit} family inet address 192.0.2.1/24`;
  const orderOf = (...items: Parameters<typeof inLoadOrder>[0]) =>
    inLoadOrder(items).map(({ gateway }) => gateway.resourceId);

  it('takes a child away before its parent, and brings it behind it', () => {
    const [parent, child] = [[unit], [address]];
    const gone = [gatewayChange('parent', { before: parent }), gatewayChange('child', { before: child })];
    const come = [gatewayChange('child', { after: child }), gatewayChange('parent', { after: parent })];
    assert.deepEqual(orderOf(...gone), ['child', 'parent']);
    assert.deepEqual(orderOf(...come), ['parent', 'child']);
  });

  it('is what goes, what changes, what comes', () => {
    const come = gatewayChange('come', { after: [address] });
    const change = gatewayChange('change', { before: [unit], after: [unit] });
    const go = gatewayChange('go', { before: ['interfaces ae0 unit 6'] });
    assert.deepEqual(orderOf(come, change, go), ['go', 'change', 'come']);
  });
});

describe('the changes that show in a candidate’s diff', () => {
  const gateway = { resourceType: 'vpn_gateway', resourceId: 'g', version: 1 };
  const unit = (number: number): RouterConfiguration => ({
    ...configuration,
    owns: [['interfaces', 'ae0', 'unit', String(number)]],
  });
  const removal = { gateway, change: { before: unit(5), after: null } };
  const other = { gateway, change: { before: unit(6), after: null } };
  const update = { gateway, change: { before: unit(7), after: unit(7) } };
  const diff = (sign: string, number: number) =>
    `[edit interfaces ae0]\n${sign}    unit ${number} {\n${sign}        vlan-id 5;\n${sign}    }\n`;

  it('are those of which a line is there', () => {
    assert.deepEqual(touchedBy([removal, other, update], diff('-', 5) + diff('+', 7)), [removal, update]);
    assert.deepEqual(touchedBy([removal, other], ''), []);
  });

  it('are none if the diff has a line that nobody owns, or adds what is to go, or can’t be read', () => {
    assert.deepEqual(touchedBy([removal, other], diff('-', 5) + diff('-', 7)), []);
    assert.deepEqual(touchedBy([removal, other], diff('-', 5) + diff('+', 6)), []);
    assert.deepEqual(touchedBy([removal, other], 'nonsense'), []);
  });
});
