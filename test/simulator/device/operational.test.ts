import assert from 'node:assert/strict';
import { all, client, parsed, router, texts } from './scene.ts';

const terse = (name?: string): string =>
  `<get-interface-information><terse/>${name === undefined ? '' : `<interface-name>${name}</interface-name>`}</get-interface-information>`;

describe('interface information', () => {
  it('has a requested unit at the top level, with each value on a line of its own', async () => {
    const reply = await client(router().device).ok(terse('ge-0/0/1.4000'));
    const [information] = parsed(reply).children;
    assert.equal(information?.name, 'interface-information');
    assert.deepEqual(
      information?.children.map((c) => c.name),
      ['logical-interface'],
    );
    assert.match(reply, /<name>\nge-0\/0\/1\.4000\n<\/name>/);
    assert.deepEqual(texts(reply, 'admin-status'), ['up']);
    assert.deepEqual(texts(reply, 'oper-status'), ['up']);
    assert.deepEqual(texts(reply, 'ifa-local'), ['192.0.2.2/24']);
  });

  it('has the units of a port inside the port, and all ports if none is named', async () => {
    const c = client(router().device);
    assert.deepEqual(texts(await c.ok(terse('ge-0/0/1')), 'name'), ['ge-0/0/1', 'ge-0/0/1.4000']);
    const reply = parsed(await c.ok(terse()));
    assert.deepEqual(
      all(reply, 'physical-interface').map((p) => p.children[0]?.text.trim()),
      ['ge-0/0/1', 'ae0', 'lt-0/0/0', 'ms-0/2/0'],
    );
  });

  it('names an interface that does not exist', async () => {
    const c = client(router().device);
    assert.deepEqual(await c.errors(terse('xe-9/9/9')), ['device xe-9/9/9 not found']);
    assert.deepEqual(await c.errors(terse('xe-9/9/9.5')), ['device xe-9/9/9 not found']);
    assert.deepEqual(await c.errors(terse('ae0.1025')), ['interface ae0.1025 not found']);
  });

  it('distinguishes a disabled unit from a unit without a link', async () => {
    const { device } = router();
    const c = client(device);
    device.setLink('ge-0/0/1', false);
    const down = await c.ok(terse('ge-0/0/1.4000'));
    assert.deepEqual([texts(down, 'admin-status'), texts(down, 'oper-status')], [['up'], ['down']]);
    device.setLink('ge-0/0/1', true);
    await c.set('set interfaces ge-0/0/1 unit 4000 disable');
    await c.commit();
    const disabled = await c.ok(terse('ge-0/0/1.4000'));
    assert.deepEqual([texts(disabled, 'admin-status'), texts(disabled, 'oper-status')], [['down'], ['down']]);
  });

  it('shows the running configuration, not the candidate', async () => {
    const c = client(router().device);
    await c.set('set interfaces ae0 unit 5 vlan-id 5');
    await c.errors(terse('ae0.5'));
    await c.commit();
    await c.ok(terse('ae0.5'));
    await c.set('deactivate interfaces ae0 unit 5');
    await c.commit();
    await c.errors(terse('ae0.5'));
  });

  it('has descriptions in the long form', async () => {
    const c = client(router().device);
    assert.deepEqual(texts(await c.ok(terse('ae0')), 'description'), []);
    const long =
      '<get-interface-information><interface-name>ae0</interface-name></get-interface-information>';
    assert.deepEqual(texts(await c.ok(long), 'description'), ['downlink']);
  });
});

describe('firewall information', () => {
  const filter = (name: string): string =>
    `<get-firewall-filter-information><filtername>${name}</filtername></get-firewall-filter-information>`;
  const counter = (name: string, of: string): string =>
    `<get-firewall-counter-information><countername>${name}</countername><filter>${of}</filter></get-firewall-counter-information>`;

  it('has a counter when a term of the running configuration counts', async () => {
    const c = client(router().device);
    await c.set('set firewall family inet filter INET_IN term t then count mine');
    assert.deepEqual(texts(await c.ok(filter('INET_IN')), 'counter-name'), []);
    assert.deepEqual(await c.errors(counter('mine', 'INET_IN')), ['counter mine not found']);
    await c.commit();
    for (const rpc of [filter('INET_IN'), counter('mine', 'INET_IN'), '<get-firewall-filter-information/>']) {
      const reply = await c.ok(rpc);
      assert.deepEqual(texts(reply, 'counter-name'), ['mine']);
      assert.deepEqual(texts(reply, 'packet-count'), ['0']);
      assert.deepEqual(texts(reply, 'byte-count'), ['0']);
    }
  });

  it('names a filter or counter that does not exist, and needs both names for a counter', async () => {
    const c = client(router().device);
    assert.deepEqual(await c.errors(filter('NOBODY')), ['filter NOBODY not found']);
    assert.deepEqual(await c.errors(counter('mine', 'NOBODY')), ['filter NOBODY not found']);
    await c.errors(
      '<get-firewall-counter-information><countername>c</countername></get-firewall-counter-information>',
    );
    await c.errors(
      '<get-firewall-counter-information><filter>INET_IN</filter></get-firewall-counter-information>',
    );
  });
});

describe('system information', () => {
  it('has the host name and the software version', async () => {
    const c = client(router().device);
    assert.deepEqual(texts(await c.ok('<get-system-information/>'), 'host-name'), ['primary']);
    assert.deepEqual(texts(await c.ok('<get-software-information/>'), 'junos-version'), ['22.2R1.9']);
  });
});
