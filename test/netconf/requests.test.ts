import assert from 'node:assert/strict';
import {
  check,
  closeSession,
  commit,
  commitInformation,
  compareWithRollback,
  compareWithRunning,
  discardChanges,
  filterCounters,
  getConfiguration,
  interfaceTerse,
  killSession,
  loadRollback,
  loadSet,
  loadText,
  lock,
  routingEngines,
  synchronized,
  unlock,
  vrrpInterface,
  vrrpSummary,
  type Operation,
} from '../../netconf/operations.ts';
import { writeXml } from '../../netconf/xml.ts';

describe('requests', () => {
  const table: readonly [operation: Operation<unknown>, expected: string][] = [
    [lock(), '<lock><target><candidate/></target></lock>'],
    [unlock(), '<unlock><target><candidate/></target></unlock>'],
    [discardChanges(), '<discard-changes/>'],
    [killSession('50198'), '<kill-session><session-id>50198</session-id></kill-session>'],
    [closeSession(), '<close-session/>'],
    [
      loadText('interfaces { "a<b" }'),
      '<load-configuration action="merge" format="text"><configuration-text>interfaces { &quot;a&lt;b&quot; }</configuration-text></load-configuration>',
    ],
    [
      loadSet(['set a', 'insert b before c']),
      '<load-configuration action="set" format="text"><configuration-set>set a\ninsert b before c</configuration-set></load-configuration>',
    ],
    [loadRollback(1), '<load-configuration rollback="1"/>'],
    [compareWithRunning(), '<get-configuration compare="rollback" rollback="0" format="text"/>'],
    [compareWithRollback(1), '<get-configuration compare="rollback" rollback="1" format="text"/>'],
    [check(), '<commit-configuration><check/></commit-configuration>'],
    [commit({ log: 'gateway x' }), '<commit-configuration><log>gateway x</log></commit-configuration>'],
    [
      commit({ log: 'x', confirmed: { minutes: 5 } }),
      '<commit-configuration><confirmed/><confirm-timeout>5</confirm-timeout><log>x</log></commit-configuration>',
    ],
    [synchronized(check()), '<commit-configuration><synchronize/><check/></commit-configuration>'],
    [
      synchronized(commit({ log: 'x', confirmed: { minutes: 5 } })),
      '<commit-configuration><synchronize/><confirmed/><confirm-timeout>5</confirm-timeout><log>x</log></commit-configuration>',
    ],
    [routingEngines(), '<get-route-engine-information/>'],
    [commitInformation(), '<get-commit-information/>'],
    [
      vrrpInterface('ae0.5'),
      '<get-vrrp-interface-information><interface-name>ae0.5</interface-name></get-vrrp-interface-information>',
    ],
    [vrrpSummary(), '<get-vrrp-information><summary/></get-vrrp-information>'],
    [
      interfaceTerse('ae0.5'),
      '<get-interface-information><terse/><interface-name>ae0.5</interface-name></get-interface-information>',
    ],
    [
      filterCounters('F'),
      '<get-firewall-filter-information><filtername>F</filtername></get-firewall-filter-information>',
    ],
    [
      getConfiguration({
        paths: [
          ['interfaces', 'ae0', 'unit', '5'],
          ['interfaces', 'ae0', 'unit', '6'],
          ['firewall', 'family', 'inet', 'filter', 'F', 'term', 'T'],
        ],
        database: 'candidate',
        inherit: true,
      }),
      '<get-configuration database="candidate" format="text" inherit="inherit"><configuration><interfaces><interface><name>ae0</name><unit><name>5</name></unit>' +
        '<unit><name>6</name></unit></interface></interfaces><firewall><family><inet><filter><name>F</name><term><name>T</name></term></filter></inet></family></firewall></configuration></get-configuration>',
    ],
    [
      getConfiguration({
        paths: [
          ['interfaces', 'ae0'],
          ['interfaces', 'ae0', 'unit', '6'],
        ],
        database: 'committed',
      }),
      '<get-configuration database="committed" format="text"><configuration><interfaces><interface><name>ae0</name></interface></interfaces></configuration></get-configuration>',
    ],
  ];
  for (const [operation, expected] of table)
    it(`write ${operation.name} as ${expected.slice(0, 60)}`, () =>
      assert.equal(writeXml(operation.request), expected));
});
