import assert from 'node:assert/strict';
import { check, commit, routingEngines, synchronized } from '../../netconf/operations.ts';
import { reading } from './reading-replies.ts';

const engine = (slot: string, state: string) =>
  `<route-engine><slot>${slot}</slot><mastership-state>${state}</mastership-state></route-engine>`;
const information = (...engines: string[]) =>
  `<route-engine-information>${engines.join('')}</route-engine-information>`;
const error = (message: string) =>
  `<rpc-error><error-severity>error</error-severity><error-message>${message}</error-message></rpc-error>`;

describe('the routing engines of a router', () => {
  const table: readonly [what: string, reply: string, expected: readonly string[] | undefined][] = [
    ['one', information(engine('0', 'master')), ['re0']],
    ['one without a slot', information('<route-engine><status>OK</status></route-engine>'), ['re0']],
    ['two', information(engine('0', 'master'), engine('1', 'backup')), ['re0', 're1']],
    [
      'two, written with white space',
      information(engine('\n0\n', '\nbackup\n'), engine('1', 'Master')),
      ['re0', 're1'],
    ],
    [
      'one that works, and one that is out of order',
      information(engine('0', 'master'), engine('1', 'Present')),
      ['re0'],
    ],
    [
      'those of the first member, if each member answers',
      `<multi-routing-engine-results>${['node0', 'node1']
        .map(
          (name) =>
            `<multi-routing-engine-item><re-name>${name}</re-name>${information(engine('0', 'master'))}</multi-routing-engine-item>`,
        )
        .join('')}</multi-routing-engine-results>`,
      ['re0'],
    ],
    ['not known, if the user has no permission', error('permission denied'), undefined],
    ['not known, if the router does not know the request', error('syntax error'), undefined],
    ['not known, if the router answers nothing', '<ok/>', undefined],
  ];
  for (const [what, reply, expected] of table)
    it(`are ${what}`, () => assert.deepEqual(reading(routingEngines(), reply), expected));
});

describe('the engines on which a synchronized check or commit succeeded', () => {
  const done = (name: string, what: string) =>
    `<routing-engine><name>${name}</name><${what}/></routing-engine>`;
  const results = (...engines: string[]) => `<commit-results>${engines.join('')}</commit-results>`;
  const checked = (name: string) => done(name, 'commit-check-success');
  const committed = (name: string) => done(name, 'commit-success');
  const aCommit = synchronized(commit({ log: 'x' }));
  const aCheck = synchronized(check());
  const table: readonly [what: string, operation: typeof aCheck, reply: string, engines: string[]][] = [
    ['both, in any order', aCheck, results(checked('re1'), checked('re0')), ['re1', 're0']],
    [
      'both, each named for its check and for its commit',
      aCommit,
      results(...['re0', 're1'].map(checked), ...['re1', 're0'].map(committed)),
      ['re1', 're0'],
    ],
    [
      'one, if the other one only checked',
      aCommit,
      results(checked('re0'), checked('re1'), committed('re0')),
      ['re0'],
    ],
    [
      'one, if the other one is left open',
      aCommit,
      `<commit-results><routing-engine><name>re0</name><commit-success/></commit-results>`,
      ['re0'],
    ],
    [
      'both, if both are left open',
      aCheck,
      ['re0', 're1'].map((name) => `<routing-engine><name>${name}</name><commit-check-success/>`).join('') +
        '<ok/>',
      ['re0', 're1'],
    ],
    ['none, if the router only says ok', aCommit, '<ok/>', []],
  ];
  for (const [what, operation, reply, engines] of table)
    it(`are ${what}`, () => assert.deepEqual(reading(operation, reply).engines, engines));

  it('do not matter where one of them refuses: that is a refusal', () => {
    const reply = results(
      committed('re0'),
      `<routing-engine><name>re1</name>${error('could not connect')}</routing-engine>`,
    );
    assert.throws(() => reading(aCommit, reply), { name: 'RpcFailedError' });
  });

  it('do not matter where one of them is locked: that has to wait', () => {
    const locked = error('configuration database locked by: admin terminal p0');
    const reply = results(checked('re0'), `<routing-engine><name>re1</name>${locked}</routing-engine>`);
    assert.throws(() => reading(aCheck, reply), { name: 'ContentionError' });
  });
});
