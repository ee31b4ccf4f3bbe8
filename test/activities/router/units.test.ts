/** The configuration of units that a router prints in one text, with one among them that can't be read. */
import assert from 'node:assert/strict';
import { readUnits } from '../../../activities/router/units.ts';
import { DamagedTextError } from '../../../netconf/errors.ts';
import { JunosSyntaxError } from '../../../junos/syntax-error.ts';
import { vrrpTimers } from '../../../junos/vrrp.ts';
import type { Operation } from '../../../netconf/operation.ts';
import type { Session } from '../../../netconf/session.ts';

const groups: Readonly<Record<string, string>> = {
  '1': 'vrrp-group 1 { virtual-address 192.0.2.1; vrrp-inherit-from { active-group 9; active-interface ae0.9; } }',
  '2': 'vrrp-group 2 {',
  '9': 'vrrp-group 9 { virtual-address 192.0.2.9; priority 200; }',
};

const damaged = new DamagedTextError({ id: 'one', host: '192.0.2.1', port: 830 }, 'in get-configuration', {
  line: 7,
  column: 3,
});

/** A router that prints the units that it is asked for. Unit 3 has octets that are not UTF-8. */
const session = {
  request: async ({ request }: Operation<string>) => {
    if (JSON.stringify(request).includes('"3"')) throw damaged;
    const asked = Object.keys(groups).filter((unit) => JSON.stringify(request).includes(`"${unit}"`));
    return asked
      .map(
        (unit) =>
          `interfaces { ae0 { unit ${unit} { family inet { address 192.0.2.3/24 { ${groups[unit]} } } } } }`,
      )
      .join('\n');
  },
  pipeline: async (operations: readonly Operation<string>[]) =>
    Promise.all(
      operations.map(async (one) => {
        try {
          return { kind: 'done', value: await session.request(one) };
        } catch (error) {
          return { kind: 'failed', error };
        }
      }),
    ),
};

describe('units of which one can’t be read', () => {
  for (const [unit, why] of [
    ['ae0.2', /end of the text/],
    ['ae0.3', /^line 7, column 3: expected text in UTF-8, .*, got other octets$/],
  ] as const)
    it(`do not keep from the others what their groups follow: ${unit}`, async () => {
      const units = await readUnits(session as unknown as Session, ['ae0.1', unit], 'candidate');
      const unread = units.get(unit);
      assert.ok(unread instanceof JunosSyntaxError);
      assert.match(unread.message, why);
      const tree = units.get('ae0.1') ?? [];
      assert.ok(!(tree instanceof JunosSyntaxError));
      assert.deepEqual(
        vrrpTimers(tree, 'ae0.1').map(({ priority, unknown }) => [priority, unknown]),
        [[200, undefined]],
      );
    });
});
