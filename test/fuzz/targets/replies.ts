/** What a router may answer to each request, and its hello. */
import assert from 'node:assert/strict';
import { describeRpcError, readRpcErrors } from '../../../netconf/rpc-error.ts';
import { ContentionError, NetconfError, ProtocolError, RpcFailedError } from '../../../netconf/errors.ts';
import { readHello } from '../../../netconf/hello.ts';
import type { Operation } from '../../../netconf/operation.ts';
import * as operations from '../../../netconf/operations.ts';
import { pendingCommit } from '../../../netconf/pending-commit.ts';
import { XmlError } from '../../../netconf/xml.ts';
import { readXml } from '../../../netconf/xml-reader.ts';
import type { Random } from '../../chaos/random.ts';
import { assertShown, attempt, repeated, type Target } from '../target.ts';
import { anyXml, xmlTokens } from './xml.ts';

const names = [
  'rpc-error',
  'error-type',
  'error-tag',
  'error-severity',
  'error-message',
  'error-path',
  'error-info',
  'bad-element',
  'session-id',
  'source-daemon',
  'ok',
  'data',
  'commit-information',
  'commit-history',
  'sequence-number',
  'user',
  'client',
  'date-time',
  'log',
  'comment',
  'commit-confirmed',
  'current-time',
  'configuration-text',
  'configuration-output',
  'configuration-information',
  'vrrp-information',
  'vrrp-interface',
  'interface',
  'group',
  'vrrp-state',
  'virtual-ip-address',
  'interface-information',
  'logical-interface',
  'name',
  'admin-status',
  'oper-status',
  'filter-information',
  'filter-name',
  'counter',
  'counter-name',
  'packet-count',
  'byte-count',
  'load-configuration-results',
  'commit-results',
  'routing-engine',
  'commit-success',
  'xnm:error',
  'xnm:warning',
  'edit-path',
  'message',
  'load-error-count',
  'vrrp-vlan',
  'physical-interface',
  'unit',
  'bgp-information',
  'bgp-peer',
  'peer-address',
  'peer-cfg-rti',
  'peer-state',
  'bgp-rib',
  'route-information',
  'route-table',
  'table-name',
  'rt',
  'rt-destination',
  'rt-prefix-length',
  'rt-entry',
  'active-tag',
  'multi-routing-engine-results',
  'multi-routing-engine-item',
  'output',
];

const peer = { id: 'r-1', host: '192.0.2.1', port: 830 };
const requested: readonly Operation<unknown>[] = [
  operations.lock(),
  operations.unlock(),
  operations.discardChanges(),
  operations.loadText(''),
  operations.check(),
  operations.commit({ log: 'x', confirmed: { minutes: 10 } }),
  operations.compareWithRunning(),
  operations.getConfiguration({ paths: [], database: 'candidate' }),
  operations.vrrpInterface('ae0.1'),
  operations.vrrpSummary(),
  operations.interfaceTerse('text'),
  operations.filterCounters('text'),
  operations.allFilters(),
  operations.allBgpSessions(),
  operations.staticRoutes(),
  operations.systemTime(),
];
const commitInformation = operations.commitInformation();
const time = { now: 1_700_000_000_000, minuteMs: 60_000, lateMs: 60_000 };

function check(input: string): void {
  const body = attempt([XmlError], () => readXml(input));
  if (body === undefined) return;
  const reply = { peer, body, ...readRpcErrors(body) };
  for (const error of [...reply.errors, ...reply.warnings]) assertShown(describeRpcError(error));
  for (const operation of requested) {
    const result = attempt([RpcFailedError, ContentionError, ProtocolError], () => operation.read(reply));
    if (result !== undefined && reply.errors.length > 0)
      assert.ok(
        operation.name === 'lock' || /^get-(?:interface|firewall|bgp|route)-/.test(operation.name),
        operation.name,
      );
  }
  const history = attempt([NetconfError], () => commitInformation.read(reply));
  if (history === undefined) return;
  for (const { atMs } of history) if (atMs !== undefined) assert.ok(Number.isSafeInteger(atMs), String(atMs));
  pendingCommit(history, time);
}

export const replies: Target = {
  name: 'replies',
  share: 5,
  make: (random) => {
    const inside = Array.from({ length: random.whole(1, 3) }, () => anyXml(random, names));
    return `<rpc-reply message-id="1">${inside.join('')}</rpc-reply>`;
  },
  tokens: [
    ...xmlTokens,
    ...names.map((name) => `<${name}>`),
    ...names.map((name) => `</${name}>`),
    'error',
    'warning',
    'lock-denied',
    'configuration database locked by: x',
    'configuration database modified',
    'not found',
    'rollback pending',
    'commit confirmed, rollback in 10mins',
    ' seconds="99999999999999999999"',
    ' junos:seconds="1700000000"',
    '-1',
    '1e400',
    'NaN',
  ],
  check,
  growing: [
    (size) =>
      `<rpc-reply>${repeated('<rpc-error><error-message>x</error-message></rpc-error>', size)}</rpc-reply>`,
    (size) =>
      `<rpc-reply><rpc-error><error-message>${repeated('x y ', size)}</error-message></rpc-error></rpc-reply>`,
    (size) => `<rpc-reply>${repeated(`<${'a'.repeat(50)}/>`, size)}</rpc-reply>`,
    (size) =>
      `<rpc-reply><commit-information>${repeated('<commit-history><log>x</log></commit-history>', size)}</commit-information></rpc-reply>`,
    (size) =>
      `<rpc-reply><vrrp-information>${repeated('<vrrp-interface><group>1</group></vrrp-interface>', size)}</vrrp-information></rpc-reply>`,
  ],
};

const base = 'urn:ietf:params:netconf:base:1.0';

function makeHello(random: Random): string {
  const capability = () =>
    `<capability>${random.pick([base, base, 'urn:ietf:params:netconf:base:1.1', 'http://x?module=y&amp;z', ''])}</capability>`;
  const capabilities = Array.from({ length: random.whole(0, 4) }, capability).join('');
  const id = random.pick(['1', '4711', '0', 'x', '']);
  return `<!-- x --><hello><capabilities>${capabilities}</capabilities><session-id>${id}</session-id></hello>`;
}

export const hello: Target = {
  name: 'hello',
  share: 5,
  make: makeHello,
  tokens: [...xmlTokens, '<hello>', '<capabilities>', '<session-id>', base, '?', '\n'],
  check(input) {
    const read = attempt([XmlError], () => readHello(input));
    if (read === undefined) return;
    assert.match(read.sessionId, /^[0-9]{1,10}$/);
    assert.ok([...read.capabilities].every((uri) => !uri.includes('?')));
  },
  growing: [
    (size) => `<hello><capabilities>${repeated('<capability>x?y</capability>', size)}</capabilities></hello>`,
    (size) => `<hello><session-id>${repeated('1', size)}</session-id></hello>`,
    (size) => `<hello><session-id>${repeated('x', size)}</session-id></hello>`,
    (size) => `<${repeated('hello', size)}/>`,
  ],
};
