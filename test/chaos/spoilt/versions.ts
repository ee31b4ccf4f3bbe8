/** Versions that stand beside other versions, or come back; and what `/state` tells of them. */
import { json, onTape, runs, unitOf, without, written } from '../spoil.ts';
import type { Spoil, Spoilt } from '../spoil.ts';
import type { Evidence } from '../evidence.ts';
import type { Invariant } from '../checker/violation.ts';

/** The filters of version 2 in VLAN 1025; those of version 1 are the other way round. */
const OLD = ['input FILTER_10M-GA-UP-VPN', 'output FILTER_10M-GA-DOWN-VPN'] as const;
const NEW = ['input FILTER_10M-GA-DOWN-VPN', 'output FILTER_10M-GA-UP-VPN'] as const;
const back = (text: string) => text.replace(NEW[0], OLD[0]).replace(NEW[1], OLD[1]);

/** The unit of a gateway as the first commit on the router had it. */
function unitOnTape({ routers }: Evidence, index: 0 | 1, vlan: number): string {
  const commits = (routers[index]?.tape ?? []).flatMap((entry) =>
    entry.kind === 'committed' ? [entry.config] : [],
  );
  for (const config of commits) {
    const unit = unitOf(vlan).exec(config)?.[0];
    if (unit !== undefined) return unit;
  }
  throw new Error(`Expected a commit with unit ${vlan}, got none`);
}

const comesBack =
  (index: 0 | 1, vlan: number): Spoil =>
  (evidence) =>
    runs(index, (text) => text.replace('    ae0 {', `    ae0 {${unitOnTape(evidence, index, vlan)}`))(
      evidence,
    );

/** The commits of version 2, changed. */
const commits = (change: (config: string) => string) =>
  onTape(0, (entry) =>
    entry.kind === 'committed' && entry.log?.includes('version 2') === true
      ? [{ ...entry, config: change(entry.config) }]
      : [entry],
  );

/** No plan record says that a version was kept. */
const neverKept: Spoil = (evidence) => ({
  ...evidence,
  writes: evidence.writes.map((one) =>
    one.key.startsWith('/gateway-saga/plans/')
      ? { ...one, value: one.value?.replace('"kept":true', '"kept":false') ?? null }
      : one,
  ),
});

const STATE = '/state/v2.0/vpn_gateways/';
const word = (to: string) =>
  json((one) => ({ ...one, state: { ...(one['state'] as object), worker_state: to } }));

export const versions: Readonly<Partial<Record<Invariant, readonly Spoilt[]>>> = {
  pair: [
    ['the old version on one router', runs(1, back), /missing: .*FILTER_10M-GA-DOWN-VPN/],
    [
      'the old version beside the new one',
      runs(0, (text) => text.replace(NEW[0], `${NEW[0]}; ${OLD[0]}`)),
      /also: .*input FILTER_10M-GA-UP-VPN/,
    ],
    ['what was deleted, come back', comesBack(0, 1026), /also: interfaces ae0 unit 1026/],
    [
      'the version that failed, on a router',
      runs(1, (text) =>
        text.replace(unitOf(1027), (unit) =>
          unit.replace('input FILTER_10M-GA-UP-VPN', 'input FILTER_MISSING'),
        ),
      ),
      /missing: interfaces ae0 unit 1027/,
    ],
  ],
  ownership: [
    [
      "an operator's statement in a gateway's stanza lost",
      runs(0, without(/\n\s+address 203\.0\.113\.1\/32;/)),
      /lost: interfaces ae0 unit 1025 family inet address/,
    ],
    [
      "a commit that removes an operator's statement from a gateway's stanza",
      commits(without(/\n\s+address 203\.0\.113\.1\/32;/)),
      /changed: interfaces ae0 unit 1025 family inet address/,
    ],
    [
      'a commit that makes half of an update',
      commits((config) => config.replace(NEW[1], OLD[1])),
      /a part of vpn_gateway/,
    ],
    [
      'a commit that leaves a part of what it deletes',
      onTape(0, (entry) =>
        entry.kind === 'committed' &&
        !/unit 1026/.test(entry.config) &&
        entry.log?.includes('internet') === true
          ? [
              {
                ...entry,
                config: entry.config.replace('    ae0 {', '    ae0 {\n unit 1026 { vlan-id 1026; }'),
              },
            ]
          : [entry],
      ),
      /what is left of internet_gateway/,
    ],
  ],
  state: [
    [
      'DELETE_COMPLETED of what stands there',
      onTape(1, (entry) =>
        entry.kind === 'committed' &&
        entry.log?.includes('internet') === true &&
        !/unit 1026/.test(entry.config)
          ? []
          : [entry],
      ),
      /still there, and not owed/,
    ],
    [
      'an update told as made that is not',
      onTape(0, (entry) => ('config' in entry ? [{ ...entry, config: back(entry.config) }] : [entry])),
      /not there for good/,
    ],
    ['CREATE_FAILED of what stood', written(`${STATE}<1027>`, 1, word('CREATE_FAILED')), /version 1 stood/],
    [
      'MODIFY_FAILED of what never stood',
      (evidence) => written(`${STATE}<1027>`, 0, () => undefined)(neverKept(evidence)),
      /nothing stood/,
    ],
    [
      'DELETE_COMPLETED of an update',
      written(`${STATE}<1025>`, 1, word('DELETE_COMPLETED')),
      /DELETE_COMPLETED/,
    ],
    [
      'MODIFY_FAILED, and the old version is not there',
      onTape(0, (entry) =>
        'config' in entry ? [{ ...entry, config: entry.config.replace(unitOf(1027), '') }] : [entry],
      ),
      /not there for good: interfaces ae0 unit 1027/,
    ],
    [
      'monitoring of what was deleted',
      written(
        '/state/v2.0/internet_gateways/',
        1,
        json((one) => ({ ...one, state: { ...(one['state'] as object), state_monitoring: '{}' } })),
      ),
      /state_monitoring/,
    ],
  ],
};
