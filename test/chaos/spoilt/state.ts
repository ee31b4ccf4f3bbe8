/** What /state should never say. */
import { idOf, json, onTape, writes, writesAgain, written } from '../spoil.ts';
import type { Spoilt } from '../spoil.ts';

export const state: readonly Spoilt[] = [
  ['/state written twice', writesAgain('/state/', 0, (value) => value), /version 1 again/],
  [
    'an older version after a newer',
    (evidence) =>
      writesAgain(
        '/state/v2.0/vpn_gateways/<1025>',
        1,
        json((one) => ({ ...one, version: 1 })),
      )(
        writesAgain(
          '/state/v2.0/vpn_gateways/<1025>',
          0,
          json((one) => ({ ...one, version: 2 })),
        )(evidence),
      ),
    /1 after 2/,
  ],
  ['/state removed', writes('/state/v2.0/vpn_gateways/<1025>', null), /removed/],
  [
    'a registered gateway without an end',
    written('/state/v2.0/vpn_gateways/<1025>', 0, () => undefined),
    /none/,
  ],
  [
    'a terminated creation whose end is never published',
    (evidence) => {
      const unpublished = written('/state/v2.0/vpn_gateways/<1027>', 0, () => undefined)(evidence);
      const id = `vpn_gateway:${idOf(evidence, '1027')}`;
      const workflows = unpublished.workflows.map((one) =>
        one.workflowId === id ? { ...one, status: 'terminated' as const, failure: null } : one,
      );
      return { ...unpublished, workflows };
    },
    /none/,
  ],
  [
    'CREATE_FAILED of what stands there',
    written('/state/v2.0/vpn_gateways/<1025>', 0, () =>
      JSON.stringify({
        state: { worker_state: 'CREATE_FAILED', heat_outputs: '[]' },
        version: 1,
        error: 'so',
      }),
    ),
    /still there, and not owed/,
  ],
  [
    'CREATE_COMPLETED of what is only on trial',
    onTape(1, (entry) => (entry.kind === 'committed' && entry.until === null ? [] : [entry])),
    /not there for good/,
  ],
  [
    'progress in /state',
    written('/state/v2.0/internet_gateways/', 0, (value) => value.replace('"[]"', '"[1]"')),
    /\[1\]/,
  ],
  [
    'an error of two lines',
    written(
      '/state/v2.0/vpn_gateways/<1027>',
      0,
      json((one) => ({ ...one, error: 'a\nb' })),
    ),
    /a\\nb/,
  ],
];
