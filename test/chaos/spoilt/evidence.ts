/** Gateways that were never seen working. */
import { onTape, shown } from '../spoil.ts';
import type { Spoilt } from '../spoil.ts';

export const evidence: readonly Spoilt[] = [
  [
    'MASTER never shown',
    onTape(0, (entry) => (shown(entry, /^ae0.1025$/, 'master') ? [] : [entry])),
    /never/,
  ],
  [
    'BACKUP shown as MASTER',
    onTape(1, (entry) =>
      entry.kind === 'showed' && shown(entry, /^ae0.1025$/, 'backup')
        ? [{ ...entry, state: 'master' }]
        : [entry],
    ),
    /never/,
  ],
  [
    'MASTER shown to an operator only',
    onTape(0, (entry) =>
      entry.kind === 'showed' && shown(entry, /^ae0.1025$/, 'master')
        ? [{ ...entry, user: 'alice' }]
        : [entry],
    ),
    /never/,
  ],
  [
    'MASTER shown before the commit only',
    onTape(0, (entry) => (shown(entry, /^ae0.1025$/, 'master') ? [{ ...entry, at: 0 }] : [entry])),
    /never/,
  ],
  [
    'MASTER shown after the publication only',
    onTape(0, (entry) =>
      shown(entry, /^ae0.1025$/, 'master') ? [{ ...entry, at: entry.at + 1e6 }] : [entry],
    ),
    /never/,
  ],
  [
    'two routers that are master, once BACKUP was shown',
    onTape(1, (entry) =>
      shown(entry, /^ae0.1025$/, 'backup')
        ? [entry, { at: entry.at, kind: 'vrrp', unit: 'ae0.1025', state: 'master' }]
        : [entry],
    ),
    /both are/,
  ],
  [
    'an interface never shown',
    onTape(0, (entry) => (shown(entry, /^ae0.1025$/, 'up') ? [] : [entry])),
    /never/,
  ],
  [
    'a counter never shown',
    onTape(1, (entry) => (shown(entry, /^INET_OUT /, 'present') ? [] : [entry])),
    /never/,
  ],
];
