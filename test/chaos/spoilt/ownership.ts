/** Operators' things touched. */
import { adds, committed, inserted, onRouter, onTape, runs, unitOf, without } from '../spoil.ts';
import type { Spoilt } from '../spoil.ts';

export const ownership: readonly Spoilt[] = [
  ["an operator's statement lost", runs(0, without(/\n\s+description management;/)), /lost: .*management/],
  ['what was never requested', runs(0, inserted('ae9 { description strange; }')), /found: interfaces ae9/],
  [
    "an operator's addition lost",
    onRouter(0, () => ({ operators: ['set system location building X'] })),
    /lost: system location/,
  ],
  [
    'a commit that takes foreign edits along',
    onTape(0, committed(inserted('ae9 { description strange; }'))),
    /changed: interfaces ae9/,
  ],
  [
    "a commit that removes an operator's statement",
    onTape(0, committed(without(/\n\s+description management;/))),
    /changed: .*management/,
  ],
  ['half a gateway committed', onTape(0, committed(without(unitOf(1025)))), /a part of vpn_gateway/],
  [
    'an edit without the lock',
    onTape(0, (entry) => (entry.kind === 'edited' ? [{ ...entry, locked: false }] : [entry])),
    /edited without it/,
  ],
  [
    "an operator's edits discarded",
    (evidence) =>
      adds((at) => ({ at: at + 1, kind: 'discarded', user: 'esi', session: 1, edits: 7 }))(
        adds((at) => ({ at, kind: 'edited', user: 'alice', session: 7, locked: false }))(evidence),
      ),
    /discarded/,
  ],
  [
    "an operator's session killed",
    adds((at) => ({ at, kind: 'killed', user: 'esi', victim: { user: 'alice', session: 7 } })),
    /killed/,
  ],
  [
    "an operator's statements in another order",
    runs(0, (text) =>
      text.replace(
        /(\n {4}policy-statement INSTANCE-USER_IN[\s\S]*?\n {4}\})(\n {4}policy-statement INSTANCE-USER_OUT[\s\S]*?\n {4}\})/,
        '$2$1',
      ),
    ),
    /moved/,
  ],
];
