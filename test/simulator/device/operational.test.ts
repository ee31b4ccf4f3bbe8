import assert from 'node:assert/strict';
import { all, client, parsed, router, texts } from './scene.ts';

const terse = (name?: string): string =>
  `<get-interface-information><terse/>${name === undefined ? '' : `<interface-name>${name}</interface-name>`}</get-interface-information>`;

describe('interface information', () => {
  it('has one unit directly, with its values on lines of their own', async () => {
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

  it('has the units of a port within it, and all ports where none is named', async () => {
    const c = client(router().device);
    assert.deepEqual(texts(await c.ok(terse('ge-0/0/1')), 'name'), ['ge-0/0/1', 'ge-0/0/1.4000']);
    const reply = parsed(await c.ok(terse()));
    assert.deepEqual(
      all(reply, 'physical-interface').map((p) => p.children[0]?.text.trim()),
      ['ge-0/0/1', 'ae0'],
    );
  });

  it('says what is not there', async () => {
    const c = client(router().device);
    assert.deepEqual(await c.errors(terse('xe-9/9/9')), ['device xe-9/9/9 not found']);
    assert.deepEqual(await c.errors(terse('xe-9/9/9.5')), ['device xe-9/9/9 not found']);
    assert.deepEqual(await c.errors(terse('ae0.1025')), ['interface ae0.1025 not found']);
  });

  it('knows a unit that is disabled from one whose link is down', async () => {
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

  it('shows what runs, not what is edited', async () => {
    const c = client(router().device);
    await c.set('set interfaces ae0 unit 5 vlan-id 5');
    await c.errors(terse('ae0.5'));
    await c.commit();
    await c.ok(terse('ae0.5'));
    await c.set('deactivate interfaces ae0 unit 5');
    await c.commit();
    await c.errors(terse('ae0.5'));
  });

  it('has descriptions in its long form', async () => {
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

  it('has a counter once a running term counts into it', async () => {
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

  it('says what is not there, and what was left out', async () => {
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
  it('has the host name and what the router says it is', async () => {
    const c = client(router().device);
    assert.deepEqual(texts(await c.ok('<get-system-information/>'), 'host-name'), ['primary']);
    assert.deepEqual(texts(await c.ok('<get-software-information/>'), 'junos-version'), ['22.2R1.9']);
  });
});
