import assert from 'node:assert/strict';
import fc from 'fast-check';
import { print } from '../../junos/print.ts';
import { paths } from '../../junos/select.ts';
import { readDiff } from '../../netconf/diff.ts';
import { compare } from '../../simulator/device/config/compare.ts';
import { loadText } from '../../simulator/device/config/load-text.ts';
import { SCHEMA } from '../../simulator/device/config/schema.ts';
import { knownPath } from '../junos/arbitrary.ts';
import { layout } from '../junos/forms.ts';
import { nest } from '../junos/nest.ts';

/** A configuration that holds the given paths, as the simulated router keeps it. */
function configuration(wanted: readonly (readonly string[])[]) {
  return loadText([], print(layout(wanted.flatMap(nest))), 'merge', SCHEMA).config;
}

/** The leaves of a configuration, by their whole paths. A container that stands for its own sake counts only while it is empty. */
const leaves = (config: ReturnType<typeof configuration>) =>
  new Set(paths(config).map((path) => path.join('|')));

/** A path without blanks in its names. Headers are compared word by word, and how a router quotes names with blanks in headers is not known. */
const plainNames = (path: readonly string[]) => path.map((word) => word.replaceAll(' ', '-'));

const isPrefix = (short: string, long: string) => long.startsWith(`${short}|`);

describe('reading what a router prints as its diff', () => {
  it('finds exactly the leaves that differ, whatever the two configurations', () => {
    const some = fc.array(knownPath.map(plainNames), { maxLength: 8 });
    fc.assert(
      fc.property(some, some, some, (shared, removed, added) => {
        const [from, to] = [configuration([...shared, ...removed]), configuration([...shared, ...added])];
        const [before, after] = [leaves(from), leaves(to)];
        const changes = readDiff(compare(from, to, SCHEMA));
        const signed = (sign: string) =>
          new Set(changes.filter((change) => change.sign === sign).map(({ path }) => path.join('|')));
        const lost = [...before].filter(
          (leaf) => !after.has(leaf) && ![...after].some((other) => isPrefix(leaf, other)),
        );
        const come = [...after].filter(
          (leaf) => !before.has(leaf) && ![...before].some((other) => isPrefix(leaf, other)),
        );
        assert.deepEqual([...signed('-')].sort(), lost.sort());
        assert.deepEqual([...signed('+')].sort(), come.sort());
      }),
      { numRuns: 200 },
    );
  });
});
