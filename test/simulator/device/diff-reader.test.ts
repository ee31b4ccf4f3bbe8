import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseSet } from '../../../junos/set.ts';
import { readDiff } from '../../../netconf/diff.ts';
import { compare } from '../../../simulator/device/config/compare.ts';
import type { Config } from '../../../simulator/device/config/config.ts';
import { SCHEMA } from '../../../simulator/device/config/schema.ts';
import { setLines } from '../../../simulator/device/config/text-form.ts';
import { anyConfig } from './any-config.ts';

/** Every leaf's path, as one word each. */
const paths = (config: Config): ReadonlySet<string> =>
  new Set(parseSet(setLines(config).join('\n')).map(({ path }) => path.join('\0')));

describe("the router's diff, read by the client's reader", () => {
  it('names what came and what went, no more and no less', () => {
    fc.assert(
      fc.property(anyConfig, anyConfig, (from, to) => {
        const [before, after] = [paths(from), paths(to)];
        const changes = readDiff(compare(from, to, SCHEMA));
        const named = (sign: string): string[] =>
          changes
            .filter((c) => c.sign === sign)
            .map((c) => c.path.join('\0'))
            .sort();
        // An empty block that gets content did not go, and one that loses its content did not come.
        const isWithin = (path: string, others: ReadonlySet<string>): boolean =>
          [...others].some((other) => other === path || other.startsWith(`${path}\0`));
        const came = [...after].filter((p) => !isWithin(p, before)).sort();
        const went = [...before].filter((p) => !isWithin(p, after)).sort();
        assert.deepEqual(named('+'), came);
        assert.deepEqual(named('-'), went);
      }),
      { numRuns: 300 },
    );
  });
});
