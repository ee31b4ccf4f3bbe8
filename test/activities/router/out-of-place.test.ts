import assert from 'node:assert/strict';
import type { Family } from '../../../activities/router/family.ts';
import { outOfPlace } from '../../../activities/router/out-of-place.ts';
import type { RunningConfiguration } from '../../../activities/router/running.ts';
import { parse } from '../../../junos/parse.ts';
import type { Path, Statement } from '../../../junos/tree.ts';
import { gatewayChange } from './gateway-change.ts';

const INSTANCE = 'routing-instances blue';
const parent = gatewayChange('parent', { before: [INSTANCE] });
const family: Family = {
  parentsOf: () => [{ gateway: parent.gateway, name: 'parent', standing: parent.change.before }],
  claims: [],
};
const child = (number: number) =>
  gatewayChange(`child-${number}`, {
    after: [`${INSTANCE} routing-options static route 10.0.0.${number}/32`],
  });
const children = (count: number) => Array.from({ length: count }, (_, number) => child(number));
const placed = (
  tree: readonly Statement[],
  count: number,
  unreadable: RunningConfiguration['unreadable'] = () => undefined,
) => outOfPlace({ running: { tree, unreadable }, family, claimedInside: () => [] }, children(count));

/** The tree, and how often the words of one of its statements were read. */
function counted(text: string): { readonly tree: readonly Statement[]; readonly reads: () => number } {
  const [first] = parse(text) as [Statement];
  let reads = 0;
  const { words } = first;
  const watched = Object.defineProperty({ ...first }, 'words', {
    get: () => {
      reads += 1;
      return words;
    },
  });
  return { tree: [watched], reads: () => reads };
}

describe('the place of children', () => {
  it('is looked for once for all that lie in it, however many are loaded together', () => {
    const [alone, together] = [1, 64].map((count) => {
      const { tree, reads } = counted('routing-instances { blue { instance-type virtual-router; } }');
      assert.equal(placed(tree, count).size, 0);
      return reads();
    });
    assert.ok((alone ?? 0) > 0);
    assert.equal(together, alone);
  });

  it('is missing for each of them, if it is gone', () => {
    const found = placed(parse('routing-instances { red { instance-type virtual-router; } }'), 2);
    assert.deepEqual(
      [...found.values()].map(({ message }) => message),
      Array.from(
        { length: 2 },
        () => `vpn_gateway parent does not stand there as it should: "${INSTANCE}" is missing`,
      ),
    );
  });

  it("is not said to be missing where it can't be read", () => {
    const unreadable = (path: Path) => ({ path, why: 'line 1' });
    assert.equal(placed([], 1, unreadable).size, 0);
    assert.equal(placed([], 1).size, 1);
  });
});
