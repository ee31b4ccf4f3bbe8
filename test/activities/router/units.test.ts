/** The configuration of units that a router prints in one text, with one among them that can't be read. */
import assert from 'node:assert/strict';
import { readUnits } from '../../../activities/router/units.ts';
import { DamagedTextError, RpcFailedError } from '../../../netconf/errors.ts';
import { unitPath, vrrpTimers } from '../../../junos/vrrp.ts';
import type { Operation, Outcome } from '../../../netconf/operation.ts';
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

const refusal = new RpcFailedError(damaged.peer, 'get-configuration', {
  errors: [{ severity: 'error', message: 'syntax error' }],
  warnings: [],
});

/** A router that prints the units that it is asked for. Unit 3 has octets that are not UTF-8. It has no unit 4. */
function sessionOf({
  refused,
  all = '',
}: { readonly refused?: string; readonly all?: string } = {}): Session {
  const answer = ({ request }: Operation<string>): string => {
    const asks = (word: string) => JSON.stringify(request).includes(word);
    if (refused !== undefined && asks(`"${refused}"`)) throw refusal;
    if (asks('"3"')) throw damaged;
    const asked = Object.keys(groups).filter((unit) => asks(`"${unit}"`));
    const units = asked.map(
      (unit) =>
        `interfaces { ae0 { unit ${unit} { family inet { address 192.0.2.3/24 { ${groups[unit]} } } } } }`,
    );
    return [...units, ...(asks('"protocols"') ? [all] : [])].join('\n');
  };
  return {
    isOpen: true,
    pipeline: async (operations: readonly Operation<string>[]) =>
      operations.map((one): Outcome<string> => {
        try {
          return { kind: 'done', value: answer(one) };
        } catch (error) {
          return { kind: 'failed', error };
        }
      }),
  } as unknown as Session;
}

describe('units of which one can’t be read', () => {
  for (const [unit, why] of [
    ['ae0.2', /end of the text/],
    ['ae0.3', /^line 7, column 3: expected text in UTF-8, .*, got other octets$/],
  ] as const)
    it(`do not keep from the others what their groups follow: ${unit}`, async () => {
      const units = await readUnits(sessionOf(), ['ae0.1', unit], 'candidate');
      const unread = units.get(unit);
      assert.equal(unread?.kind, 'unreadable');
      assert.match(unread.why, why);
      assert.deepEqual(unread.path, unitPath(unit));
      const read = units.get('ae0.1');
      assert.equal(read?.kind, 'read');
      assert.deepEqual(
        vrrpTimers(read.tree, 'ae0.1').map(({ priority, unknown }) => [priority, unknown]),
        [[200, undefined]],
      );
    });

  it('are named, also where it is the unit of the group that is followed', async () => {
    const units = await readUnits(sessionOf({ refused: '9' }), ['ae0.1', 'ae0.4'], 'candidate');
    assert.deepEqual(units.get('ae0.1'), {
      kind: 'unreadable',
      path: unitPath('ae0.9'),
      why: 'get-configuration was refused: syntax error',
      refusal,
    });
    assert.equal(units.get('ae0.4')?.kind, 'read');
  });

  for (const [all, why] of [
    ['protocols { vrrp { startup-silent-period 4', /^line 1, column \d+: expected/],
    [
      'protocols { vrrp { traceoptions { file "Z\ufffdrich"; } startup-silent-period \ufffd; } }',
      /^startup-silent-period \ufffd: expected text in UTF-8/,
    ],
  ] as const)
    it(`are all that have VRRP, where what holds for all groups can't be read: ${all}`, async () => {
      const units = await readUnits(sessionOf({ all }), ['ae0.9', 'ae0.4'], 'candidate');
      const unread = units.get('ae0.9');
      assert.equal(unread?.kind, 'unreadable');
      assert.deepEqual(unread.path, ['protocols', 'vrrp']);
      assert.match(unread.why, why);
      assert.equal(units.get('ae0.4')?.kind, 'read');
    });
});
