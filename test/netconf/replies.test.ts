import assert from 'node:assert/strict';
import { ProtocolError, RpcFailedError } from '../../netconf/errors.ts';
import {
  allFilters,
  check,
  commit,
  commitInformation,
  compareWithRunning,
  filterCounters,
  getConfiguration,
  interfaceTerse,
  loadSet,
  loadText,
  lock,
  systemTime,
  unlock,
  vrrpInterface,
  vrrpSummary,
  type Operation,
} from '../../netconf/operations.ts';
import { reading } from './reading-replies.ts';

const error = (message: string, more = '') =>
  `<rpc-error><error-severity>error</error-severity><error-message>\n${message}\n</error-message>${more}</rpc-error>`;
const warning = (message: string) =>
  `<rpc-error><error-severity>warning</error-severity><error-message>${message}</error-message></rpc-error>`;

describe('replies', () => {
  describe('to operations that do something', () => {
    const successes: readonly [operation: Operation<unknown>, reply: string][] = [
      [unlock(), '<nc:ok/>'],
      [loadText(''), '<load-configuration-results>\n<ok/>\n</load-configuration-results>'],
      [
        loadSet([]),
        `<load-configuration-results>${warning('statement not found')}</load-configuration-results>`,
      ],
      [
        check(),
        '<commit-results><routing-engine><name>re0</name><commit-check-success/></routing-engine></commit-results>',
      ],
      [check(), '<commit-results/><ok/>'],
      [
        commit({ log: '' }),
        '<commit-results><routing-engine><name>re0</name><commit-success/></routing-engine></commit-results>',
      ],
      [commit({ log: '' }), '<ok/>'],
    ];
    for (const [operation, reply] of successes)
      it(`take ${reply.replace(/\s+/g, '')} for success of ${operation.name}`, () =>
        void reading(operation, reply));

    it('keep warnings', () => {
      const { warnings } = reading(
        loadSet([]),
        `<load-configuration-results>${warning('statement not found')}<ok/></load-configuration-results>`,
      );
      assert.deepEqual(warnings, [{ severity: 'warning', message: 'statement not found' }]);
    });

    it('take an error at any depth for a failure, <ok/> or not', () => {
      const reply =
        '<commit-results><routing-engine><name>re0</name><rpc-error><error-type>protocol</error-type><error-tag>operation-failed</error-tag><error-severity>error</error-severity>' +
        '<source-daemon>dcd</source-daemon><error-path>[edit interfaces ge-0/0/2]</error-path><error-info><bad-element>unit 5</bad-element></error-info><error-message>\nno such\n  filter\n</error-message></rpc-error>' +
        `${error('configuration check-out failed')}</routing-engine></commit-results><ok/>`;
      assert.throws(
        () => reading(commit({ log: '' }), reply),
        (thrown: unknown) => {
          assert.ok(thrown instanceof RpcFailedError);
          assert.deepEqual(thrown.errors, [
            {
              severity: 'error',
              type: 'protocol',
              tag: 'operation-failed',
              path: '[edit interfaces ge-0/0/2]',
              message: 'no such\n  filter',
              badElement: 'unit 5',
              sourceDaemon: 'dcd',
            },
            { severity: 'error', message: 'configuration check-out failed' },
          ]);
          assert.equal(
            thrown.message,
            'router r-1 (10.0.0.1, port 830): commit was refused: no such filter [edit interfaces ge-0/0/2] near "unit 5"; configuration check-out failed',
          );
          return true;
        },
      );
    });

    it('show no stored form of a key that the router repeats', () => {
      const near = (element: string): string =>
        `<rpc-error><error-path>[edit neighbor $1$path x]</error-path><error-info><bad-element>${element}</bad-element></error-info><error-message>no &quot;$9$message&quot;;</error-message></rpc-error>`;
      assert.throws(
        () => reading(check(), near('authentication-key &quot;$9$LHXx.Vw/Y2&quot;;')),
        /check was refused: no "\(hidden\)"; \[edit neighbor \(hidden\) x\] near "authentication-key \\"\(hidden\)\\";"$/,
      );
      assert.throws(() => reading(check(), near('$sha512$4000$a$b')), /near "\(hidden\)"$/);
    });

    it('take an error without a severity for one', () => {
      assert.throws(
        () => reading(unlock(), '<rpc-error><error-tag>in-use</error-tag></rpc-error><ok/>'),
        /unlock was refused: in-use/,
      );
    });

    it('do not take silence for success', () => {
      assert.throws(
        () => reading(commit({ log: '' }), ''),
        /expected <ok\/> or <commit-success\/> in reply to commit, got nothing/,
      );
      assert.throws(() => reading(commit({ log: '' }), '<commit-results/>'), ProtocolError);
      assert.throws(() => reading(check(), warning('odd')), ProtocolError);
    });
  });

  describe('to lock', () => {
    it('are locked on <ok/>', () => assert.deepEqual(reading(lock(), '<ok/>'), { kind: 'locked' }));

    it('are denied by message alone, too', () => {
      assert.deepEqual(
        reading(lock(), error('configuration database locked by:\n  root terminal p0 (pid 9) on since now')),
        {
          kind: 'denied',
          holder: { description: 'configuration database locked by: root terminal p0 (pid 9) on since now' },
        },
      );
    });

    it('are modified where somebody left edits', () => {
      assert.deepEqual(reading(lock(), error('configuration database modified')), {
        kind: 'modified',
        message: 'configuration database modified',
      });
    });

    it('fail on anything else', () => {
      assert.throws(() => reading(lock(), error('permission denied')), RpcFailedError);
      assert.throws(() => reading(lock(), ''), ProtocolError);
    });
  });

  describe('to reading operations', () => {
    it('hold the diff, or nothing', () => {
      const reply = (text: string) =>
        `<configuration-information><configuration-output>${text}</configuration-output></configuration-information>`;
      assert.equal(reading(compareWithRunning(), reply('\n')), '');
      assert.equal(
        reading(compareWithRunning(), reply('\n[edit]\n+  a &quot;&lt;b&quot;;\n')),
        '[edit]\n+  a "<b";',
      );
      assert.equal(reading(compareWithRunning(), '<configuration-information/>'), '');
      assert.equal(
        reading(compareWithRunning(), '<configuration-information>\n</configuration-information><ok/>'),
        '',
      );
      assert.throws(() => reading(compareWithRunning(), '<data/>'), ProtocolError);
      const other = '<configuration-information><other/></configuration-information>';
      assert.throws(() => reading(compareWithRunning(), other), ProtocolError);
    });

    it('hold configuration text, or nothing', () => {
      const operation = getConfiguration({ paths: [['a']], database: 'candidate' });
      assert.equal(
        reading(operation, '<configuration-text xmlns="x">\na {\n    b;\n}\n</configuration-text>'),
        'a {\n    b;\n}',
      );
      assert.equal(reading(operation, '<configuration-text/>'), '');
      assert.equal(reading(operation, warning('statement not found')), '');
      assert.throws(() => reading(operation, warning('odd')), ProtocolError);
      assert.throws(() => reading(operation, error('permission denied')), RpcFailedError);
    });

    it('list VRRP groups', () => {
      const reply =
        '<vrrp-information xmlns="http://xml.juniper.net/junos/22.2R0/junos-vrrpd" style="summary"><vrrp-interface>\n<interface>\nae1.600\n</interface><interface-state>up</interface-state><group>1</group>' +
        '<vrrp-state>master</vrrp-state><vrrp-mode>Active</vrrp-mode><local-interface-address>10.0.0.2</local-interface-address><virtual-ip-address>10.0.0.1</virtual-ip-address></vrrp-interface></vrrp-information>';
      assert.deepEqual(reading(vrrpSummary(), reply), [
        {
          interface: 'ae1.600',
          interfaceState: 'up',
          group: 1,
          state: 'master',
          mode: 'Active',
          virtualAddresses: ['10.0.0.1'],
        },
      ]);
    });

    it('list none where VRRP does not run', () => {
      assert.deepEqual(
        reading(vrrpInterface('x'), warning('vrrp subsystem not running - not needed by configuration.')),
        [],
      );
      assert.deepEqual(reading(vrrpInterface('x'), '<vrrp-information/>'), []);
      assert.throws(() => reading(vrrpInterface('x'), ''), ProtocolError);
      assert.throws(() => reading(vrrpInterface('x'), error('permission denied')), RpcFailedError);
    });

    it('hold the state of a unit or of an interface', () => {
      const unit =
        '<logical-interface>\n<name>\nae0.5\n</name>\n<admin-status>\nup\n</admin-status><oper-status>\ndown\n</oper-status></logical-interface>';
      const expected = { name: 'ae0.5', adminStatus: 'up', operStatus: 'down' };
      assert.deepEqual(
        reading(interfaceTerse('ae0.5'), `<interface-information>${unit}</interface-information>`),
        expected,
      );
      const whole = `<interface-information><physical-interface><name>ae0</name><admin-status>up</admin-status><oper-status>up</oper-status>${unit}</physical-interface></interface-information>`;
      assert.deepEqual(reading(interfaceTerse('ae0.5'), whole), expected);
      assert.deepEqual(reading(interfaceTerse('ae0'), whole), {
        name: 'ae0',
        adminStatus: 'up',
        operStatus: 'up',
      });
    });

    it('hold nothing for an interface that is not there', () => {
      assert.equal(reading(interfaceTerse('ae9.5'), error('device ae9 not found')), undefined);
      assert.equal(reading(interfaceTerse('ae0.9'), error('interface ae0.9 not found')), undefined);
      assert.equal(reading(interfaceTerse('ae0.9'), '<interface-information/>'), undefined);
      assert.throws(() => reading(interfaceTerse('ae0.9'), error('permission denied')), RpcFailedError);
    });

    it('hold the counters of a filter, or nothing', () => {
      const reply =
        '<firewall-information><filter-information><filter-name>F</filter-name><counter><counter-name>C</counter-name><packet-count>3</packet-count><byte-count>200</byte-count></counter></filter-information></firewall-information>';
      assert.deepEqual(reading(filterCounters('F'), reply), [{ name: 'C', packets: 3, bytes: 200 }]);
      assert.equal(reading(filterCounters('G'), reply), undefined);
      assert.equal(reading(filterCounters('G'), error('filter G not found')), undefined);
      assert.equal(reading(filterCounters('G'), '<firewall-information/>'), undefined);
    });

    it('hold the counters of all filters of one name: of two families, or of two routing engines', () => {
      const filter = (counter: string): string =>
        `<filter-information><filter-name>F</filter-name>${counter}</filter-information>`;
      const counter = (name: string): string =>
        `<counter><counter-name>${name}</counter-name><packet-count>1</packet-count><byte-count>2</byte-count></counter>`;
      const reply = `<firewall-information>${filter(counter('C'))}${filter(counter('D'))}${filter('')}</firewall-information>`;
      const counts = { packets: 1, bytes: 2 };
      assert.deepEqual(
        [...reading(allFilters(), reply)],
        [
          [
            'F',
            [
              { name: 'C', ...counts },
              { name: 'D', ...counts },
            ],
          ],
        ],
      );
    });

    it('tell the time of the router’s clock', () => {
      const reply = (date: string) =>
        `<system-uptime-information><current-time>${date}</current-time><system-booted-time><date-time junos:seconds="5">then</date-time></system-booted-time></system-uptime-information>`;
      assert.equal(reading(systemTime(), reply('<date-time junos:seconds="7">now</date-time>')), 7_000);
      assert.equal(reading(systemTime(), reply('<date-time>now</date-time>')), undefined);
      assert.equal(reading(systemTime(), '<system-uptime-information/>'), undefined);
      assert.throws(() => reading(systemTime(), error('permission denied')), RpcFailedError);
    });

    it('read all comments of a commit: `commit synchronize` may stand first', () => {
      const reply =
        '<commit-information><commit-history><comment>commit synchronize</comment><comment>commit confirmed, rollback in 5mins</comment></commit-history></commit-information>';
      const [entry] = reading(commitInformation(), reply);
      assert.equal(entry?.comment, 'commit synchronize; commit confirmed, rollback in 5mins');
    });

    it('list commits, with the live mark', () => {
      const reply =
        '<commit-information><commit-history><sequence-number>0</sequence-number><user>ops</user><client>netconf</client><date-time seconds="1">2024-05-01 10:00:00 UTC</date-time>' +
        '<comment>commit confirmed, rollback in 10mins</comment><log>gateway x</log><commit-confirmed>rollback pending</commit-confirmed></commit-history>' +
        '<commit-history><sequence-number>1</sequence-number><user>root</user><client>other</client><date-time>2024-05-01 09:00:00 UTC</date-time><comment>commit confirmed, rollback in 10mins</comment></commit-history></commit-information>';
      assert.deepEqual(
        [...reading(commitInformation(), reply)],
        [
          {
            sequence: 0,
            user: 'ops',
            client: 'netconf',
            at: '2024-05-01 10:00:00 UTC',
            atMs: 1_000,
            log: 'gateway x',
            comment: 'commit confirmed, rollback in 10mins',
            rollbackPending: true,
          },
          {
            sequence: 1,
            user: 'root',
            client: 'other',
            at: '2024-05-01 09:00:00 UTC',
            comment: 'commit confirmed, rollback in 10mins',
            rollbackPending: false,
          },
        ],
      );
      assert.deepEqual([...reading(commitInformation(), '<commit-information/>')], []);
      assert.throws(() => reading(commitInformation(), ''), ProtocolError);
    });
  });
});
