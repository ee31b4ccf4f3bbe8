import assert from 'node:assert/strict';
import {
  commitThatApplied,
  permanentLogLine,
  readLogLine,
  trialLogLine,
} from '../../../activities/router/log-line.ts';
import type { CommitEntry } from '../../../netconf/operations.ts';
import type { GatewayVersion } from '../../../gateway/resource.ts';

const UNTIL = Date.parse('2026-05-04T10:05:00.000Z');
const gateway = (number: number): GatewayVersion => ({
  resourceType: 'vpn_gateway',
  resourceId: `4fab887d-8f73-40e6-b2d8-${String(number).padStart(12, '0')}`,
  version: 1,
});
const gateways = (count: number) => Array.from({ length: count }, (_, number) => gateway(number));

describe('a log line', () => {
  for (const count of [1, 7, 63, 64])
    it(`fits into 512 characters, and names each of ${count} gateways and no other one`, () => {
      const log = trialLogLine('5f0c2a91.7', UNTIL, gateways(count));
      assert.ok(log.length <= 512, `${log.length}`);
      const line = readLogLine(log);
      assert.ok(line);
      assert.deepEqual(
        [line.reservation, line.until, line.did, line.count],
        ['5f0c2a91.7', UNTIL, 'applied', count],
      );
      assert.ok(gateways(count).every(line.names));
      assert.deepEqual(
        Array.from({ length: 200 }, (_, number) => gateway(1_000 + number)).filter(line.names),
        [],
      );
    });

  it('names a gateway at any version, but not one whose id only begins or ends like it', () => {
    const { names } = readLogLine(permanentLogLine('r.1', 'plain', [gateway(1)])) ?? assert.fail();
    const { resourceId } = gateway(1);
    assert.ok(names({ ...gateway(1), resourceType: 'vpn_gateway' }));
    for (const other of [`${resourceId}1`, resourceId.slice(0, -1), `x${resourceId}`])
      assert.ok(!names({ resourceType: 'vpn_gateway', resourceId: other }), other);
    assert.ok(!names({ resourceType: 'internet_gateway', resourceId }));
  });

  it('tells what the commit did', () => {
    const did = (what: string) => readLogLine(permanentLogLine('r.1', what, [gateway(1)]))?.did;
    assert.deepEqual(['plain', 'reverted', 'owed, reverted', 'kept'].map(did), [
      'applied',
      'reverted',
      'reverted',
      'neither',
    ]);
  });

  for (const count of [3, 64])
    it(`tells which of ${count} gateways the commit removes`, () => {
      const list = gateways(count).map((one, index) => ({ ...one, isDeleted: index % 2 === 1 }));
      const line = readLogLine(trialLogLine('5f0c2a91.7', UNTIL, list)) ?? assert.fail();
      assert.deepEqual([line.did, line.count], ['applied', count]);
      assert.ok(gateways(count).every(line.names));
      assert.deepEqual(
        gateways(count).map(line.deletes),
        list.map(({ isDeleted }) => isDeleted),
      );
    });

  it('tells of a commit that is not on trial whom it was for, whatever its last digest ends with', () => {
    const lines = Array.from({ length: 300 }, (_, first) => {
      const list = Array.from({ length: 10 }, (_, number) => gateway(first * 10 + number));
      return { list, log: permanentLogLine('r.1', 'owed, reverted', list) };
    });
    assert.ok(lines.some(({ log }) => log.endsWith('Z')));
    for (const { list, log } of lines) {
      const line = readLogLine(log) ?? assert.fail();
      assert.deepEqual([line.did, line.count], ['reverted', list.length], log);
      assert.ok(list.every(line.names), log);
    }
  });

  it('counts the gateways that it has no room for, too', () => {
    const line = readLogLine(trialLogLine('5f0c2a91.7', UNTIL, gateways(200)));
    assert.equal(line?.count, 200);
  });

  it('of somebody else is none of ours', () => {
    for (const log of [
      undefined,
      '',
      'new line card',
      'gateway-saga',
      'x gateway-saga reservation r.1 plain',
    ])
      assert.equal(readLogLine(log), undefined);
  });
});

describe('the commit that put a gateway on a router', () => {
  const entry = (log: string | undefined, client = 'netconf'): CommitEntry => ({
    sequence: 0,
    user: 'esi',
    client,
    at: '',
    ...(log !== undefined && { log }),
    rollbackPending: false,
  });
  const trial = entry(trialLogLine('r.1', UNTIL, [gateway(1), gateway(2)]));
  const found = (...history: CommitEntry[]) => commitThatApplied(history, gateway(1))?.line.reservation;

  it('is the newest one of ours that names it, whatever others did since', () => {
    assert.equal(found(entry(undefined, 'cli'), trial), 'r.1');
    assert.equal(found(entry(permanentLogLine('r.1', 'reverted', [gateway(2)])), trial), 'r.1');
    assert.equal(found(entry(permanentLogLine('r.2', 'plain', [gateway(1)])), trial), 'r.2');
  });

  it('is none if it was reverted or fell back since, or if nobody names it', () => {
    assert.equal(found(entry(permanentLogLine('r.2', 'reverted', [gateway(1)])), trial), undefined);
    assert.equal(found(entry(permanentLogLine('r.2', 'owed, reverted', [gateway(1)])), trial), undefined);
    assert.equal(found(entry(undefined, 'cli'), entry(undefined, 'other'), trial), undefined);
    assert.equal(found(entry('new line card', 'cli')), undefined);
    const deletion = trialLogLine('r.2', UNTIL, [{ ...gateway(1), isDeleted: true }]);
    assert.equal(found(entry(deletion), trial), undefined);
  });
});
