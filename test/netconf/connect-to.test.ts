import assert from 'node:assert/strict';
import { connectTo, parseConnectTo } from '../../netconf/connect-to.ts';

const router = { id: 'r-1', address: '10.79.5.184', port: 830 };

describe('connect-to', () => {
  const table: readonly [spec: string, host: string, port: number][] = [
    ['', '10.79.5.184', 830],
    ['r-2:127.0.0.1:8301', '10.79.5.184', 830],
    ['r-1:127.0.0.1:8301', '127.0.0.1', 8301],
    ['10.79.5.184:830:localhost:8301', 'localhost', 8301],
    ['10.79.5.184:831:localhost:8301', '10.79.5.184', 830],
    ['r-1:[::1]:8301', '::1', 8301],
    ['10.79.5.184:830:a:1, r-1:b:2', 'b', 2],
  ];
  for (const [spec, host, port] of table) {
    it(`"${spec}" leads to ${host} port ${port}`, () =>
      assert.deepEqual(connectTo(parseConnectTo(spec), router), { host, port }));
  }

  it('knows IPv6 addresses by any case', () => {
    const map = parseConnectTo('[2001:DB8::1]:830:127.0.0.1:8301');
    assert.deepEqual(connectTo(map, { ...router, address: '2001:db8::1' }), {
      host: '127.0.0.1',
      port: 8301,
    });
  });

  const wrong: readonly [spec: string, message: RegExp][] = [
    [
      'r-1',
      /connect-to "r-1": expected ID:HOST:PORT or ADDRESS:PORT:HOST:PORT \(IPv6 in brackets\), got 1 fields/,
    ],
    ['r-1:host', /got 2 fields/],
    ['a:1:b:2:3', /got 5 fields/],
    ['r-1:host:', /got an empty field/],
    [':host:1', /got an empty field/],
    ['r-1::1', /got an empty field/],
    ['r-1:[]:1', /got an empty field/],
    ['r-1:host:ssh', /got port "ssh"/],
    ['r-1:host:0', /got port "0"/],
    ['r-1:host:65536', /got port "65536"/],
    ['a:x:host:1', /got port "x"/],
    ['r-1:::1:8301', /got (an empty field|5 fields)/],
    ['r-1:[::1:8301', /got brackets out of place/],
    ['r-1:a]b:8301', /got brackets out of place/],
    ['r-1:a:1,r-1:b:2', /expected each router once, got "r-1" again/],
  ];
  for (const [spec, message] of wrong)
    it(`refuses "${spec}"`, () => assert.throws(() => parseConnectTo(spec), message));
});
