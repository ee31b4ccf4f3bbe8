import assert from 'node:assert/strict';
import { loadResultOf } from '../../../activities/router/judge.ts';
import { loadsOf } from '../../../activities/router/load.ts';
import { presenceOf } from '../../../activities/router/presence.ts';
import type { GatewayChange } from '../../../activities/router/presence.ts';
import { standingIn } from '../../../activities/router/presences.ts';
import { inverseOf, ownedBy } from '../../../gateway/change.ts';
import { parse } from '../../../junos/parse.ts';
import { getConfiguration } from '../../../netconf/operations.ts';
import { writeXml } from '../../../netconf/xml.ts';
import { client, router, texts } from '../../simulator/device/scene.ts';
import type { Client } from '../../simulator/device/scene.ts';
import { gatewayChange } from './gateway-change.ts';

const PARENT = 'routing-instances x instance-type virtual-router';

/** The path that is owned, its value, its next value, and a statement that others may have beside it. */
const CASES = [
  {
    name: 'a leaf',
    owned: 'routing-instances x routing-options router-id',
    value: '192.0.2.1',
    next: '192.0.2.2',
    beside: 'routing-instances x routing-options autonomous-system 65001',
  },
  {
    name: 'a value of a list of leaves',
    owned: 'routing-instances x routing-options instance-import P',
    beside: 'routing-instances x routing-options instance-import Q',
  },
  {
    name: 'an entry without content',
    owned: 'policy-options prefix-list p 10.0.0.0/24',
    beside: 'policy-options prefix-list p 10.0.1.0/24',
  },
] as const;

for (const one of CASES) {
  const { name, owned, beside } = one;
  const [value, next] = 'value' in one ? [one.value, one.next] : [undefined, undefined];
  const text = (word: string | undefined) => (word === undefined ? owned : `${owned} ${word}`);
  const end = (word: string | undefined) => ({ owned, line: text(word) });
  const change = (
    before: { readonly owned: string; readonly line: string } | null,
    after: { readonly owned: string; readonly line: string } | null,
  ): GatewayChange => {
    const made = (of: typeof before) =>
      of === null ? null : gatewayChange('g', { after: [of.line] }).change.after;
    const withOwned = (of: typeof before) => {
      const made_ = made(of);
      return made_ && { ...made_, owns: [owned.split(' ')], remove: [`delete ${owned}`] };
    };
    const { gateway } = gatewayChange('g', { after: [owned] });
    return { gateway, change: { before: withOwned(before), after: withOwned(after) } };
  };
  const creation = change(null, end(value));

  describe(`${name} as a gateway's own`, () => {
    let device: Client;
    beforeEach(async () => {
      device = client(router({ config: 'system { host-name r; }' }).device);
      const policies = ['P', 'Q'].map(
        (policy) => `set policy-options policy-statement ${policy} then accept`,
      );
      await device.set(`set ${PARENT}`, ...policies);
      await device.commit();
    });
    const running = async (of: GatewayChange) => {
      const { request } = getConfiguration({ paths: ownedBy(of.change), database: 'committed' });
      const [printed = ''] = texts(await device.ok(writeXml(request)), 'configuration-text');
      return { printed, tree: parse(printed, { by: 'router' }) };
    };
    /** The presence of a change: the same in what the router prints for this change alone, and in the whole configuration. */
    const presence = async (of: GatewayChange) => {
      const whole = parse((await others()) ?? '', { by: 'router' });
      const found = [(await running(of)).tree, whole];
      const [alone, inAll] = found.map((tree) => presenceOf(tree, of));
      assert.deepEqual(alone, inAll);
      return alone?.kind;
    };
    const make = async (of: GatewayChange) => {
      const { tree } = await running(of);
      for (const { request } of loadsOf(of.change, () =>
        standingIn({ tree, unreadable: () => undefined }, of.change),
      ))
        await device.ok(writeXml(request));
      const diff = { kind: 'done', value: await device.compare() } as const;
      assert.equal(
        loadResultOf({ isOpen: true }, { items: [of], loads: [], diff, check: undefined }).kind,
        'accepted',
        diff.value,
      );
      await device.commit();
    };
    const others = async () =>
      texts(
        await device.ok('<get-configuration database="committed" format="text"/>'),
        'configuration-text',
      )[0];

    it('comes and goes; what stands beside it is neither seen nor touched', async () => {
      await device.set(`set ${beside}`);
      await device.commit();
      const before = await others();
      assert.equal(await presence(creation), 'before');
      await make(creation);
      assert.equal(await presence(creation), 'after');
      const deletion = { ...creation, change: inverseOf(creation.change) };
      assert.equal(await presence(deletion), 'before');
      await make(deletion);
      assert.equal(await presence(deletion), 'after');
      assert.equal(await others(), before);
    });

    it('is not created where anything stands at it', async () => {
      await device.set(`set ${text(next)}`);
      await device.commit();
      assert.equal(await presence(creation), next === undefined ? 'after' : 'modified');
    });

    if (next !== undefined)
      it('changes its value and back, in place', async () => {
        await make(creation);
        const before = await others();
        const update = change(end(value), end(next));
        assert.equal(await presence(update), 'before');
        await make(update);
        assert.equal(await presence(update), 'after');
        await make({ ...update, change: inverseOf(update.change) });
        assert.equal(await others(), before);
      });

    if (next !== undefined)
      it('with a value that a person has set is no longer the gateway’s', async () => {
        await make(creation);
        await device.set(`set ${owned} 192.0.2.77`);
        await device.commit();
        assert.equal(await presence({ ...creation, change: inverseOf(creation.change) }), 'modified');
        assert.equal(await presence(change(end(value), end(next))), 'modified');
      });
  });
}
